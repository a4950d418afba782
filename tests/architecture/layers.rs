//! The layers, as the program itself declares them: `src/lib.rs` has them in order, each of which knows only
//! those before it. A layer whose own file declares modules and nothing else (`src/edge.rs`) has its modules
//! in order, too.
//!
//! So a module is in the layer whose folder it is in, and a new one needs no list but that one line.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use super::source::{tokens, without_tests};

/// Where the program meets the world. All others are pure.
pub(crate) const EDGE: &str = "edge";

/// Those of this program.
pub(crate) static LAYERS: LazyLock<Layers> = LazyLock::new(|| {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    Layers::new(|file| fs::read_to_string(source.join(file)).expect("a layer has a file of its own"))
});

/// A layer, with its modules in order; none where their order is not held.
struct Layer {
    name: String,
    modules: Vec<String>,
}

/// All layers, in order.
pub(crate) struct Layers(Vec<Layer>);

/// The modules that `text` declares outside of tests, and whether it does nothing else.
fn declared(text: &str) -> (Vec<String>, bool) {
    let code = without_tests(&tokens(text));
    let items = code.split(|token| token.text == ";").filter(|item| !item.is_empty());
    let name = |item: &[super::source::Token]| match item {
        [.., word, name] if word.text == "mod" => Some(name.text.clone()),
        _ => None,
    };
    let names: Vec<Option<String>> = items.map(name).collect();
    let is_all = names.iter().all(Option::is_some);
    (names.into_iter().flatten().collect(), is_all)
}

impl Layers {
    /// The layers of the program whose files, named from `src`, `read` gives.
    pub(crate) fn new(read: impl Fn(&str) -> String) -> Self {
        let layer = |name: String| {
            let (modules, is_all) = declared(&read(&format!("{name}.rs")));
            Layer { name, modules: if is_all { modules } else { Vec::new() } }
        };
        Self(declared(&read("lib.rs")).0.into_iter().map(layer).collect())
    }

    /// The names of the layers, in order.
    pub(crate) fn names(&self) -> Vec<&str> {
        self.0.iter().map(|layer| layer.name.as_str()).collect()
    }

    /// The modules of a layer, in order; none where their order is not held.
    pub(crate) fn modules(&self, name: &str) -> &[String] {
        self.0.iter().find(|layer| layer.name == name).map_or(&[], |layer| &layer.modules)
    }

    /// Whether what is in the layer `name` has no file, network, clock, thread or terminal.
    pub(crate) fn is_pure(&self, name: &str) -> bool {
        name != EDGE && self.names().contains(&name)
    }

    /// What of `module` stands before what of `other`, if it does and so may not know it.
    pub(crate) fn before(&self, module: &[String], other: &[String]) -> Option<(String, String)> {
        let (layer, other_layer) = (module.first()?, other.first()?);
        if layer == other_layer {
            let modules = self.modules(layer);
            let place = |path: &[String]| modules.iter().position(|inner| Some(inner) == path.get(1));
            let is_before = place(module)? < place(other)?;
            return is_before.then(|| (module[..2].join("::"), other[..2].join("::")));
        }
        let place = |layer: &String| self.0.iter().position(|one| one.name == *layer);
        // The program itself, `main`, comes after all.
        let is_before = place(layer)? < place(other_layer)?;
        is_before.then(|| (layer.clone(), other_layer.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_are_in_the_order_of_their_declaration() {
        let layers = Layers::new(|file| {
            let text = match file {
                "lib.rs" => "//! mod no;\n// mod no;\npub mod log;\n\npub(crate) mod fleet;\nmod edge;",
                "log.rs" => "pub mod record;\n/// It judges.\npub mod envelope;\n#[cfg(test)]\nmod tests;",
                "fleet.rs" => "mod pair;\nmod order;\npub struct Fleet;",
                _ => "",
            };
            text.to_owned()
        });
        assert_eq!(layers.names(), ["log", "fleet", "edge"]);
        assert_eq!(layers.modules("log"), ["record", "envelope"]);
        assert_eq!(layers.modules("fleet"), [""; 0]);
        assert!(layers.is_pure("log") && layers.is_pure("fleet"));
        assert!(!layers.is_pure("edge") && !layers.is_pure("main") && !layers.is_pure("lib"));
        let before = |module: &str, other: &str| {
            let path = |text: &str| text.split("::").map(str::to_owned).collect::<Vec<_>>();
            layers.before(&path(module), &path(other)).map(|(one, two)| format!("{one} {two}"))
        };
        assert_eq!(before("log::record", "fleet::Fleet").as_deref(), Some("log fleet"));
        assert_eq!(before("log", "edge").as_deref(), Some("log edge"));
        let found = before("log::record::fields", "log::envelope::Sink");
        assert_eq!(found.as_deref(), Some("log::record log::envelope"));
        for (module, other) in [
            ("fleet::pair", "log::record"),
            ("log::envelope", "log::record"),
            ("log::record", "log::record::fields"),
            ("log", "log::envelope"),
            ("fleet::pair", "fleet::order"),
            ("main", "edge"),
            ("log", "elsewhere"),
        ] {
            assert_eq!(before(module, other), None, "{module} {other}");
        }
    }
}
