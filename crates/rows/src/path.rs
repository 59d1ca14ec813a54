use async_graphql::{PathSegment, QueryPathNode, QueryPathSegment};

/// Where the rows of a level stand in the response.
///
/// A level has many rows, so a path is a function of the row's number: [`Path::of`]. It is only
/// called for errors that are reported.
pub(crate) enum Path<'a> {
    /// The field of async-graphql where this crate took over.
    Start(Option<QueryPathNode<'a>>),
    /// A field of each row of `parent`.
    Field {
        parent: &'a Path<'a>,
        node: QueryPathNode<'a>,
    },
    /// The rows found for the rows of `parent`.
    Rows {
        parent: &'a Path<'a>,
        origins: &'a [Origin],
    },
}

/// Whose row it is, and its place if it is one of a list.
#[derive(Clone, Copy)]
pub(crate) struct Origin {
    pub(crate) row: usize,
    pub(crate) index: Option<usize>,
}

impl<'a> Path<'a> {
    /// The path of a field of these rows.
    pub(crate) fn field(&'a self, key: &'a str) -> Self {
        let node = QueryPathNode {
            parent: self.node(),
            segment: QueryPathSegment::Name(key),
        };
        Path::Field { parent: self, node }
    }

    /// The path as async-graphql knows it: without the indices of lists inside the levels.
    pub(crate) fn node(&self) -> Option<&QueryPathNode<'a>> {
        match self {
            Path::Start(node) => node.as_ref(),
            Path::Field { node, .. } => Some(node),
            Path::Rows { parent, .. } => parent.node(),
        }
    }

    /// The path of one row.
    pub(crate) fn of(&self, row: usize) -> Vec<PathSegment> {
        match self {
            Path::Start(node) => start(node.as_ref()),
            Path::Field { parent, node } => {
                let mut path = parent.of(row);
                path.push(owned(&node.segment));
                path
            }
            Path::Rows { parent, origins } => {
                let origin = origins[row];
                let mut path = parent.of(origin.row);
                path.extend(origin.index.map(PathSegment::Index));
                path
            }
        }
    }
}

fn start(node: Option<&QueryPathNode<'_>>) -> Vec<PathSegment> {
    let nodes = node
        .into_iter()
        .chain(node.into_iter().flat_map(QueryPathNode::parents));
    let mut path: Vec<_> = nodes.map(|node| owned(&node.segment)).collect();
    path.reverse();
    path
}

fn owned(segment: &QueryPathSegment<'_>) -> PathSegment {
    match segment {
        QueryPathSegment::Index(index) => PathSegment::Index(*index),
        QueryPathSegment::Name(name) => PathSegment::Field((*name).to_owned()),
    }
}

impl Origin {
    /// An item of the one list that stands at the start.
    pub(crate) fn item(index: usize) -> Self {
        Self {
            row: 0,
            index: Some(index),
        }
    }
}
