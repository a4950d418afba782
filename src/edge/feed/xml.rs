//! XML as a small tree: what EC2 and S3 answer.

use compact_str::CompactString;
use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::Event;

/// The deepest nesting that is read; answers have some eight levels.
const DEEPEST: usize = 32;

/// An element with its text and children. A list of a thousand objects has seven thousand of them, most with
/// a name and a text that need no memory of their own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Element {
    name: CompactString,
    text: CompactString,
    children: Vec<Element>,
}

impl Element {
    /// Reads a document.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut children = Vec::new();
        let root = Self::parse_each(text, |child| children.push(child))?;
        Ok(Self { children, ..root })
    }

    /// Reads a document whose root has many children: they go to `each` as they end, and are not kept.
    ///
    /// # Errors
    /// What is wrong with it; some children may have been read before.
    pub fn parse_each(text: &str, mut each: impl FnMut(Self)) -> Result<Self, String> {
        let mut reader = Reader::from_str(text);
        let mut open: Vec<Self> = vec![Self::default()];
        let mut close = |element: Self, open: &mut [Self]| match open {
            [_, _root] => each(element),
            [.., parent] => parent.children.push(element),
            [] => {}
        };
        loop {
            match reader.read_event().map_err(|error| error.to_string())? {
                Event::Start(start) => {
                    if open.len() > DEEPEST {
                        return Err("it is nested too deep".to_owned());
                    }
                    open.push(Self { name: local(start.name().as_ref()), ..Self::default() });
                }
                Event::Empty(start) => {
                    close(Self { name: local(start.name().as_ref()), ..Self::default() }, &mut open);
                }
                Event::End(_) => {
                    // Whether ends fit their starts the reader sees.
                    if let Some(mut element) = open.pop() {
                        element.text.truncate(element.text.trim_end().len());
                        element.children.shrink_to_fit();
                        close(element, &mut open);
                    }
                }
                Event::Text(piece) => add(&mut open, &piece.xml10_content()),
                Event::CData(piece) => add(&mut open, &piece.xml10_content()),
                Event::GeneralRef(entity) => {
                    let entity = format!("&{};", entity.into_inner());
                    let text = unescape(&entity).map_err(|error| error.to_string())?;
                    add(&mut open, &text);
                }
                Event::Eof => break,
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            }
        }
        match open.as_mut_slice() {
            [root] => root.children.pop().ok_or_else(|| "there is no element in it".to_owned()),
            _ => Err("it ends before its last element does".to_owned()),
        }
    }

    /// The first child of that name.
    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// Its own name, without a prefix.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Its own text.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The items of the list `name`.
    pub(super) fn items(&self, name: &str) -> impl Iterator<Item = &Self> {
        self.child(name)
            .into_iter()
            .flat_map(|list| list.children.iter().filter(|child| child.name == "item"))
    }

    /// The text of the child `name`; empty if there is none.
    pub(super) fn said(&self, name: &str) -> &str {
        self.child(name).map_or("", Self::text)
    }

    /// Whether the child `name` says `true`.
    pub(super) fn is(&self, name: &str) -> bool {
        self.said(name) == "true"
    }
}

fn local(name: &str) -> CompactString {
    name.rsplit(':').next().unwrap_or(name).into()
}

fn add(open: &mut [Element], piece: &str) {
    if let Some(element) = open.last_mut() {
        // White space between elements is none of anybody's.
        let piece = if element.text.is_empty() { piece.trim_start() } else { piece };
        element.text.push_str(piece);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_becomes_a_tree() {
        let tree = Element::parse(
            "<?xml version=\"1.0\"?>\n<!-- x --><x:R xmlns:x=\"y\">\n <a>1 &lt; &#50; &amp; <![CDATA[<3>]]></a>\n <b/><a>2</a>\n</x:R>\n",
        )
        .unwrap();
        assert_eq!((tree.name.as_str(), tree.text(), tree.children.len()), ("R", "", 3));
        assert_eq!(tree.said("a"), "1 < 2 & <3>");
        assert_eq!((tree.said("b"), tree.said("c")), ("", ""));
    }

    #[test]
    fn children_of_the_root_come_one_by_one() {
        let mut children = Vec::new();
        let text = "<l><n>1</n><c><k>a</k></c><e/><c><k>b</k><k/></c></l>";
        let root = Element::parse_each(text, |child| children.push(child)).unwrap();
        assert_eq!((root.name(), root.children.len()), ("l", 0));
        assert_eq!(children, Element::parse(text).unwrap().children);
        assert_eq!(children.len(), 4);
        assert_eq!((children[3].said("k"), children[3].children.len()), ("b", 2));
    }

    #[test]
    fn what_is_no_document_is_an_error() {
        let deep = "<a>".repeat(40) + &"</a>".repeat(40);
        for text in ["", "<a>", "<a></b>", "<a>&unknown;</a>", "no", &deep, "<a"] {
            assert!(Element::parse(text).is_err(), "{text}");
        }
    }
}
