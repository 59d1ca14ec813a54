/** What a new user finds in the editor; it runs on the demo data as it stands. */
export const DEFAULT_QUERY = `# Every answer holds your tenant's rows only: the database itself refuses all others.
# Run this with the button on the right or Ctrl-Enter (Cmd-Enter on a Mac).
# Ctrl-Space offers the fields that fit; the book on the left explains them.

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
