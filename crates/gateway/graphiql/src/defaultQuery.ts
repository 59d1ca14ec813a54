/** What a new user finds in the editor; it runs on the demo data as it stands. */
export const DEFAULT_QUERY = `# You see the rows of your tenant only.
# Ctrl-Enter runs, Ctrl-Space completes.
# The book on the left explains the schema.

query Campaigns {
  campaigns(first: 10) {
    totalCount
    nodes {
      id
      name
      status
      created
      company {
        name
      }
      steps(first: 5) {
        nodes {
          stepOrder
          stepType
        }
      }
    }
  }
}
`;
