//! The configuration: where it is read, what goes before what, and that what is printed configures the same.

use r53tail::edge::settings::SettingName;

use crate::program::Place;

const FULL: &str = r##"
theme = "high-contrast"
mouse = true
nat64-prefixes = ["2001:db8:64::/96", "64:ff9b:1::/48"]
catalog = "more \"names\""
profiles = ["a.toml", "/b.toml"]
names = ["names.csv"]
since = "90m"
regions = ["eu-west-1", "us-east-1"]
profile = "ours"

[colors]
native = "#5fd787"
nat64 = "208"
selected = "bright-black"

[keys]
pause = ["p", "Ctrl-Y"]
help = ["q"]
quit = []

[commands.session]
title = "a shell \"there\""
key = "S"
rows = ["origin", "record"]
run = ["aws", "ssm", "start-session", "--target", "{instance}", "{{}}"]
stdin = "json"
"##;

/// The lines that configure something.
fn settings(text: &str) -> Vec<&str> {
    let end = |line: &str| line.find("  # ").unwrap_or(line.len());
    text.lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| &line[..end(line)])
        .collect()
}

#[test]
fn what_is_printed_configures_the_same() {
    let place = Place::new();
    for text in ["", FULL] {
        place.write("config.toml", text);
        let first = place.run(&["--config", "config.toml", "config"]);
        assert_eq!((first.code, first.err.as_str()), (Some(0), ""));
        place.write("again.toml", &first.out);
        let again = place.run(&["config", "--config", "again.toml"]);
        assert_eq!((again.code, again.err.as_str()), (Some(0), ""));
        assert_eq!(settings(&first.out), settings(&again.out));
        let written = text
            .lines()
            .filter(|line| line.contains(" = ") && !line.contains(".toml") && !line.contains("names"));
        for line in written {
            assert!(settings(&first.out).contains(&line), "{line}\n{}", first.out);
        }
    }
}

#[test]
fn the_command_line_goes_before_the_environment_and_that_before_the_file() {
    let place = Place::new();
    let run = |arguments: &[&str], environment: &[(&str, &str)]| {
        let mut command = place.command(arguments);
        command.envs(environment.iter().copied());
        let output = command.output().expect("the program starts");
        String::from_utf8(output.stdout).expect("it is text")
    };
    let of = |out: &str, what: &str| {
        let lines: Vec<&str> = out.lines().collect();
        let at = lines.iter().position(|line| line.starts_with(what)).expect("it is printed");
        format!("{} {}", lines[at], lines[at - 1])
    };
    assert_eq!(of(&run(&["config"], &[]), "since"), "since = \"15m\" # From: default.");
    place.folder(".config");
    place.folder(".config/r53tail");
    place.write(
        ".config/r53tail/config.toml",
        "\nsince = \"2h\"\nnames = [\"n\"]\nregions = [\"eu-west-1\"]\n",
    );
    let out = run(&["config"], &[]);
    assert!(of(&out, "since").starts_with("since = \"2h\" # From: "), "{out}");
    assert!(of(&out, "since").ends_with(".config/r53tail/config.toml line 2."), "{out}");
    assert!(of(&out, "names").contains(".config/r53tail/n\"]"), "from the folder of the file: {out}");
    let environment =
        [("R53TAIL_SINCE", "3h"), ("R53TAIL_REGIONS", "us-east-1, us-west-2"), ("R53TAIL_NAMES", "")];
    let out = run(&["config"], &environment);
    assert_eq!(of(&out, "since"), "since = \"3h\" # From: R53TAIL_SINCE.");
    assert_eq!(of(&out, "regions"), "regions = [\"us-east-1\", \"us-west-2\"] # From: R53TAIL_REGIONS.");
    assert!(of(&out, "names").contains("/n\"]"), "an empty variable says nothing: {out}");
    let out = run(&["config", "--since", "90s", "--mouse", "--theme", "light"], &environment);
    assert_eq!(of(&out, "since"), "since = \"90s\" # From: command line.");
    assert_eq!(of(&out, "mouse ="), "mouse = true # From: command line.");
    let home = place.path("xdg");
    place.folder("xdg");
    place.folder("xdg/r53tail");
    place.write("xdg/r53tail/config.toml", "since = \"5s\"");
    let home = home.to_str().expect("it is text");
    assert!(of(&run(&["config"], &[("XDG_CONFIG_HOME", home)]), "since").starts_with("since = \"5s\""));
    assert!(
        of(&run(&["config"], &[("XDG_CONFIG_HOME", "xdg")]), "since").starts_with("since = \"2h\""),
        "it is relative"
    );
    place.write("own.toml", "since = \"6s\"");
    let own = [("XDG_CONFIG_HOME", home), ("R53TAIL_CONFIG", "own.toml")];
    assert!(of(&run(&["config"], &own), "since").starts_with("since = \"6s\""));
}

#[test]
fn a_report_is_made_as_configured() {
    let place = Place::with_log();
    place.write("config.toml", "nat64-prefixes = [\"2001:db8::/96\"]");
    let arguments = ["report", "log", "--verdict", "unusable", "-f", "csv", "--config", "config.toml"];
    assert!(place.run(&arguments).out.contains("api.example."));
    let arguments = [&arguments[..], &["--nat64-prefix", "2001:db8:1::/96"]].concat();
    assert!(!place.run(&arguments).out.contains("api.example."), "the list takes the place of the other");
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let place = Place::new();
    for (text, said) in [
        ("theme = \"dark\"\nmose = true", "line 2: `mose` is no setting; did you mean `mouse`?"),
        ("zzz = 1", "line 1: `zzz` is no setting\n"),
        (
            "theme = \"drak\"",
            "line 1: `theme`: `drak` is no theme: there are auto, dark, light, high-contrast,",
        ),
        ("mouse = \"maybe\"", "line 1: `mouse`: `maybe` is neither true nor false"),
        ("mouse = [\"true\"]", "line 1: `mouse` is one value"),
        ("since = 5", "line 1: `since` is one value"),
        ("since = \"5\"", "line 1: `since`: `5` is not a time such as 90s, 15m, 2h or 1d"),
        ("names = \"x\"", "line 1: `names` is a list of texts"),
        ("nat64-prefixes = [\"::/3\"]", "line 1: `nat64-prefixes`: a NAT64 prefix is 32,"),
        ("keys = 1", "line 1: `keys` is a table"),
        ("colors = 1", "line 1: `colors` is a table"),
        ("[colors]\ntext = \"red\"\nsky = \"blue\"", "line 3: `sky` is no color"),
        ("[colors]\nnatve = \"blue\"", "line 2: `natve` is no color; did you mean `native`?"),
        ("[colors]\ntext = \"pink\"", "line 2: `pink` is no color such as red, bright-blue, 208, #5fd787"),
        ("[colors]\ntext = 5", "line 2: `text` is a color as a text"),
        ("[keys]\nhelp = [\"x\"]\nhlep = [\"y\"]", "line 3: `hlep` is no command; did you mean `help`?"),
        ("[keys]\nhelp = \"x\"", "line 2: `help` is a list of keys"),
        ("[keys]\nhelp = [\"F99\"]", "line 2: `F99` is no key such as x, Ctrl-x, Space"),
        (
            "[keys]\nhelp = [\"x\"]\n\nup = [\"y\", \"x\"]",
            "line 4: `x` is bound to `up` here and to `help` in line 2",
        ),
        ("[keys]\nup = [\"Ctrl-C\"]", "line 2: `Ctrl-C` always ends the program"),
        ("[keys]\ntype = [\"x\"]", "line 2: `type` is no command"),
        ("commands = 1", "line 1: `commands` holds tables: [commands.NAME]"),
        ("[commands.a]\nrun = [\"x\", \"{nme}\"]", "line 2: `commands.a`: `{nme}` is no placeholder"),
        (
            "[commands.a]\nkey = \"p\"\nrun = [\"x\"]\n[keys]\npause = [\"p\"]",
            "line 2: `commands.a`: `p` is bound to `pause`, which [keys] can give another key",
        ),
        ("a = \"\u{1b}[31m", "line 1: "),
    ] {
        place.write("bad.toml", text);
        let ran = place.run(&["demo", "--config", "bad.toml"]);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{text}");
        assert!(ran.err.starts_with("error: cannot use the configuration `bad.toml`: line "), "{}", ran.err);
        assert!(ran.err.contains(said), "{text}: {}", ran.err);
        assert!(!ran.err.contains('\u{1b}'));
    }
    let ran = place.run(&["config", "--config", "none.toml"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.starts_with("error: cannot read the configuration `none.toml`: "), "{}", ran.err);
    assert_eq!(place.run(&["help", "filter", "--config", "none.toml"]).code, Some(0), "help is always there");
    let output =
        place.command(&["config"]).env("R53TAIL_THEME", "pink").output().expect("the program starts");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.starts_with("error: cannot use the variable `R53TAIL_THEME`: `pink` is no theme"), "{said}");
}

/// The document names all there is, and its file is the one that is printed where nothing is configured.
#[test]
fn the_document_is_true() {
    let document = include_str!("../../docs/config.md");
    for name in SettingName::ALL {
        let row = format!("| `{}` | `{}` |", name.key(), name.variable());
        assert!(document.contains(&row), "{row}");
    }
    let printed = Place::new().run(&["config"]).out;
    let (_, block) = document.split_once("## All of it\n\n```toml\n").expect("it shows a file");
    let (block, _) = block.split_once("```").expect("the file ends");
    assert_eq!(block, printed);
}
