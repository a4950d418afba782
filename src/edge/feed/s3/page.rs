//! A page of `ListObjectsV2`, as the Amazon S3 API Reference describes it.

use percent_encoding::percent_decode_str;

use super::failure::S3Failure;
use super::location::ObjectPath;
use crate::edge::feed::xml::Element;
use crate::live::trouble::TroubleClass;

/// An object as it is listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ListedObject {
    pub(super) path: ObjectPath,
    pub(super) size: u64,
    /// Its `ETag` and the time of its last change: other bytes have another. Empty unless it was asked for.
    pub(super) version: Box<str>,
    /// Its storage class, if it has to be restored before it can be read (`StorageClass`, `RestoreStatus`).
    pub(super) archived: Option<&'static str>,
}

/// A page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ListPage {
    pub(super) objects: Vec<ListedObject>,
    /// What keys go on with up to the next `/`: folders, with that `/`.
    pub(super) folders: Vec<String>,
    /// The token of the next page; `None` if this was the last.
    pub(super) next: Option<String>,
    /// Objects and folders whose names are no UTF-8, or are not below what was asked for.
    pub(super) strange: u64,
}

/// Storage classes that cannot be read as they are (Amazon S3 User Guide, "Understanding S3 Glacier storage
/// classes").
const ARCHIVED: [&str; 2] = ["GLACIER", "DEEP_ARCHIVE"];

/// Why there is no page.
#[derive(Debug)]
pub(super) enum NoPage {
    /// What came is no document, and why.
    Document(String),
    /// It is another document than a page.
    Other(S3Failure),
}

impl ListPage {
    /// Reads a page of what begins with `prefix` in `bucket`, with versions if somebody wants to know them.
    ///
    /// # Errors
    /// If it is none.
    pub(super) fn parse(text: &str, bucket: &str, prefix: &str, with_versions: bool) -> Result<Self, NoPage> {
        let other = |what| NoPage::Other(S3Failure::new(TroubleClass::Refused, what));
        let mut raw = RawPage::default();
        let root = Element::parse_each(text, |child| raw.take(&child, with_versions));
        if root.map_err(NoPage::Document)?.name() != "ListBucketResult" {
            return Err(other("the answer is no list of objects"));
        }
        let name = |text: String| {
            let text = if raw.is_encoded { decoded(&text)? } else { text };
            text.starts_with(prefix).then_some(text)
        };
        let (mut page, mut keys) = (Self::default(), Vec::with_capacity(raw.keys.len()));
        for (object, key) in raw.objects.into_iter().zip(raw.keys) {
            match name(key) {
                Some(key) => {
                    page.objects.push(object);
                    keys.push(key);
                }
                None => page.strange += 1,
            }
        }
        for (object, path) in page.objects.iter_mut().zip(ObjectPath::all(bucket, keys)) {
            object.path = path;
        }
        for folder in raw.folders {
            match name(folder) {
                Some(folder) => page.folders.push(folder),
                None => page.strange += 1,
            }
        }
        page.next = Some(raw.next).filter(|token| raw.is_truncated && !token.is_empty());
        if raw.is_truncated && page.next.is_none() {
            return Err(other("the list of objects breaks off"));
        }
        Ok(page)
    }
}

/// A page before all of it was read: names are still encoded, and objects have no path.
#[derive(Default)]
struct RawPage {
    objects: Vec<ListedObject>,
    /// The keys of those.
    keys: Vec<String>,
    folders: Vec<String>,
    is_encoded: bool,
    is_truncated: bool,
    next: String,
}

impl RawPage {
    /// Takes in a child of the document's root.
    fn take(&mut self, child: &Element, with_versions: bool) {
        match child.name() {
            "Contents" => {
                self.keys.push(child.said("Key").to_owned());
                self.objects.push(object(child, with_versions));
            }
            "CommonPrefixes" => self.folders.push(child.said("Prefix").to_owned()),
            "EncodingType" => self.is_encoded = child.text() == "url",
            "IsTruncated" => self.is_truncated = child.text() == "true",
            "NextContinuationToken" => child.text().clone_into(&mut self.next),
            _ => {}
        }
    }
}

/// What is listed of an object, but for its path.
fn object(listed: &Element, with_versions: bool) -> ListedObject {
    let class = listed.said("StorageClass");
    let status = listed.child("RestoreStatus");
    let is_restored = status.is_some_and(|status| status.said("IsRestoreInProgress") == "false");
    let version = with_versions.then(|| ["ETag", "LastModified"].map(|name| listed.said(name)).join(" "));
    ListedObject {
        path: ObjectPath::default(),
        size: listed.said("Size").trim().parse().unwrap_or(0),
        version: version.unwrap_or_default().into(),
        archived: ARCHIVED.into_iter().find(|archived| *archived == class && !is_restored),
    }
}

/// A text as `encoding-type=url` has it, with `+` for blanks; `None` if it is no UTF-8, which keys are.
fn decoded(text: &str) -> Option<String> {
    let text = text.replace('+', " ");
    percent_decode_str(&text).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(inner: &str, prefix: &str) -> Result<ListPage, NoPage> {
        let text = format!(
            "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{inner}</ListBucketResult>"
        );
        ListPage::parse(&text, "bucket", prefix, true)
    }

    #[test]
    fn keys_sizes_classes_and_folders() {
        let page = page(
            "<IsTruncated>true</IsTruncated><NextContinuationToken>1/x+=</NextContinuationToken>\
             <Contents><Key>a/b+c%2B%C3%A9%01</Key><Size>12</Size><StorageClass>STANDARD</StorageClass></Contents>\
             <Contents><Key>a/old</Key><Size>7</Size><StorageClass>DEEP_ARCHIVE</StorageClass></Contents>\
             <Contents><Key>a/back</Key><Size>7</Size><StorageClass>GLACIER</StorageClass>\
               <RestoreStatus><IsRestoreInProgress>false</IsRestoreInProgress></RestoreStatus></Contents>\
             <Contents><Key>a/soon</Key><Size>x</Size><StorageClass>GLACIER</StorageClass>\
               <RestoreStatus><IsRestoreInProgress>true</IsRestoreInProgress></RestoreStatus></Contents>\
             <Contents><Key>b/elsewhere</Key></Contents><Contents><Key>a/%ff</Key></Contents>\
             <CommonPrefixes><Prefix>a/d%2F/</Prefix></CommonPrefixes><EncodingType>url</EncodingType>",
            "a/",
        )
        .unwrap();
        let keys: Vec<String> = page.objects.iter().map(|it| it.path.key()).collect();
        let listed: Vec<_> =
            page.objects.iter().zip(&keys).map(|(it, key)| (key.as_str(), it.size, it.archived)).collect();
        assert_eq!(
            listed,
            [
                ("a/b c+é\u{1}", 12, None),
                ("a/old", 7, Some("DEEP_ARCHIVE")),
                ("a/back", 7, None),
                ("a/soon", 0, Some("GLACIER")),
            ]
        );
        assert_eq!(page.strange, 2, "what was not asked for, and what is no UTF-8");
        assert_eq!((page.folders, page.next.as_deref()), (vec!["a/d//".to_owned()], Some("1/x+=")));
    }

    #[test]
    fn what_is_not_encoded_is_taken_as_it_is() {
        let page =
            page("<IsTruncated>false</IsTruncated><Contents><Key>a+%41&amp;b</Key></Contents>", "").unwrap();
        assert_eq!((page.objects[0].path.to_string().as_str(), page.next), ("s3://bucket/a+%41&b", None));
    }

    #[test]
    fn what_is_no_page_is_an_error() {
        let other = ListPage::parse("<html><body>no</body></html>", "bucket", "", true);
        assert!(matches!(other, Err(NoPage::Other(_))));
        let breaks_off = page("<IsTruncated>true</IsTruncated>", "");
        assert!(matches!(breaks_off, Err(NoPage::Other(_))), "a page that does not say how to go on");
        assert!(matches!(page("<Contents>", ""), Err(NoPage::Document(_))));
    }
}
