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

impl ListPage {
    /// Reads a page of what begins with `prefix` in `bucket`, with versions if somebody wants to know them.
    ///
    /// # Errors
    /// If it is none.
    pub(super) fn parse(
        answer: &Element,
        bucket: &str,
        prefix: &str,
        with_versions: bool,
    ) -> Result<Self, S3Failure> {
        if answer.name() != "ListBucketResult" {
            return Err(S3Failure::new(TroubleClass::Refused, "the answer is no list of objects"));
        }
        let is_encoded = answer.said("EncodingType") == "url";
        let name = |element: &Element, name: &str| -> Option<String> {
            let text = element.said(name);
            let text = if is_encoded { decoded(text)? } else { text.to_owned() };
            text.starts_with(prefix).then_some(text)
        };
        let mut page = Self::default();
        let mut keys = Vec::new();
        for object in answer.all("Contents") {
            let Some(key) = name(object, "Key") else {
                page.strange += 1;
                continue;
            };
            let class = object.said("StorageClass");
            let status = object.child("RestoreStatus");
            let is_restored = status.is_some_and(|status| status.said("IsRestoreInProgress") == "false");
            let version =
                with_versions.then(|| ["ETag", "LastModified"].map(|name| object.said(name)).join(" "));
            page.objects.push(ListedObject {
                path: ObjectPath::default(),
                size: object.said("Size").trim().parse().unwrap_or(0),
                version: version.unwrap_or_default().into(),
                archived: ARCHIVED.into_iter().find(|archived| *archived == class && !is_restored),
            });
            keys.push(key);
        }
        for (object, path) in page.objects.iter_mut().zip(ObjectPath::all(bucket, keys)) {
            object.path = path;
        }
        for folder in answer.all("CommonPrefixes") {
            match name(folder, "Prefix") {
                Some(folder) => page.folders.push(folder),
                None => page.strange += 1,
            }
        }
        let next = Some(answer.said("NextContinuationToken")).filter(|token| !token.is_empty());
        let next = next.filter(|_| answer.is("IsTruncated")).map(str::to_owned);
        if answer.is("IsTruncated") && next.is_none() {
            return Err(S3Failure::new(TroubleClass::Refused, "the list of objects breaks off"));
        }
        Ok(Self { next, ..page })
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

    fn page(inner: &str, prefix: &str) -> Result<ListPage, S3Failure> {
        let text = format!(
            "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{inner}</ListBucketResult>"
        );
        ListPage::parse(&Element::parse(&text).unwrap(), "bucket", prefix, true)
    }

    #[test]
    fn keys_sizes_classes_and_folders() {
        let page = page(
            "<EncodingType>url</EncodingType><IsTruncated>true</IsTruncated><NextContinuationToken>1/x+=</NextContinuationToken>\
             <Contents><Key>a/b+c%2B%C3%A9%01</Key><Size>12</Size><StorageClass>STANDARD</StorageClass></Contents>\
             <Contents><Key>a/old</Key><Size>7</Size><StorageClass>DEEP_ARCHIVE</StorageClass></Contents>\
             <Contents><Key>a/back</Key><Size>7</Size><StorageClass>GLACIER</StorageClass>\
               <RestoreStatus><IsRestoreInProgress>false</IsRestoreInProgress></RestoreStatus></Contents>\
             <Contents><Key>a/soon</Key><Size>x</Size><StorageClass>GLACIER</StorageClass>\
               <RestoreStatus><IsRestoreInProgress>true</IsRestoreInProgress></RestoreStatus></Contents>\
             <Contents><Key>b/elsewhere</Key></Contents><Contents><Key>a/%ff</Key></Contents>\
             <CommonPrefixes><Prefix>a/d%2F/</Prefix></CommonPrefixes>",
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
        let other = Element::parse("<html><body>no</body></html>").unwrap();
        assert!(ListPage::parse(&other, "bucket", "", true).is_err());
        assert!(
            page("<IsTruncated>true</IsTruncated>", "").is_err(),
            "a page that does not say how to go on"
        );
    }
}
