use super::*;
use crate::digest::{Digest, NoListener, Terms};
use crate::edge::feed::inputs::tests::folder;
use crate::log::envelope::Envelope;
use crate::log::record::sample::LogLine;

/// A record of each of these instances.
fn fleet(instances: &[u32]) -> Fleet {
    let mut digest = Digest::new(&Terms::default(), NoListener);
    for number in instances {
        let ids = [("instance", &*format!("i-{number:017x}"))];
        let line = LogLine { ids: &ids, ..LogLine::default() }.to_string() + "\n";
        Envelope::default().scan(line.as_bytes(), true, &mut digest);
    }
    digest.finish().0
}

fn known(number: u32) -> CachedInput {
    let identity = Identity { name: format!("/logs/{number}"), size: 1, version: "1".to_owned() };
    CachedInput { identity, format: InputFormat::JsonLines, records: 1 }
}

fn identities(known: &[CachedInput]) -> Vec<&Identity> {
    known.iter().map(|known| &known.identity).collect()
}

fn question() -> CacheQuestion {
    CacheQuestion::from_parts([("since", &b""[..])])
}

/// A run over `inputs`: how many it had to read, and the origins that it found.
fn run(folder: &Path, inputs: &[u32]) -> (usize, usize) {
    let mut cache = Cache::open(folder, question()).unwrap();
    let wanted: Vec<CachedInput> = inputs.iter().map(|number| known(*number)).collect();
    let served = cache.choose(&identities(&wanted));
    let new: Vec<u32> =
        inputs.iter().copied().zip(served).filter(|(_, served)| served.is_none()).map(|(at, _)| at).collect();
    let fresh = fleet(&new);
    let mut all = Fleet::default();
    for kept in cache.take_fleets() {
        all.absorb(&kept);
    }
    all.absorb(&fresh);
    cache.keep(new.iter().map(|number| known(*number)).collect(), &fresh.store().unwrap(), &all).unwrap();
    (new.len(), all.survey().origins().len())
}

fn pieces(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| is_piece(path, None));
    paths.sort();
    paths
}

#[test]
fn only_what_is_new_is_read() {
    let folder = folder("cache-new").join("made");
    assert_eq!(run(&folder, &[1, 2, 3]), (3, 3));
    assert_eq!(run(&folder, &[1, 2, 3]), (0, 3));
    assert_eq!(run(&folder, &[1, 2, 3, 4]), (1, 4));
    assert_eq!(pieces(&folder).len(), 2);
    assert_eq!(run(&folder, &[1, 2, 3, 4]), (0, 4));
    // What is not asked for any more serves no more, and what else was in its piece is read again.
    assert_eq!(run(&folder, &[2, 3, 4]), (2, 3));
    assert_eq!(run(&folder, &[2, 3, 4]), (0, 3));
    // Another question is another matter.
    let other = CacheQuestion::from_parts([("since", &b"1"[..])]);
    let wanted: Vec<CachedInput> = [2, 3, 4].map(known).into();
    let served = Cache::open(&folder, other).unwrap().choose(&identities(&wanted));
    assert_eq!(served, [None; 3]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&folder), mode(&pieces(&folder)[0])), (0o700, 0o600));
    }
}

#[test]
fn many_pieces_become_one() {
    let folder = folder("cache-many");
    for until in 1..=40 {
        let inputs: Vec<u32> = (0..until).collect();
        assert_eq!(run(&folder, &inputs), (1, inputs.len()));
        assert!(pieces(&folder).len() < TOGETHER);
    }
}

#[test]
fn what_is_damaged_is_made_again_and_strange_files_are_left_alone() {
    let folder = folder("cache-damaged");
    run(&folder, &[1, 2]);
    let [piece] = &pieces(&folder)[..] else { panic!("one piece") };
    let whole = fs::read(piece).unwrap();
    let strange = [folder.join("notes.piece"), folder.join("0123456789abcdef-x.piece"), folder.join("x.txt")];
    for path in &strange {
        fs::write(path, "mine").unwrap();
    }
    for at in (0..whole.len()).step_by(7) {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        fs::write(piece, &bytes).unwrap();
        assert_eq!(run(&folder, &[1, 2]), (2, 2), "byte {at}");
        fs::write(piece, &whole[..at]).unwrap();
        assert_eq!(run(&folder, &[1, 2]), (2, 2), "cut at {at}");
        assert_eq!(run(&folder, &[1, 2]), (0, 2));
    }
    assert!(strange.iter().all(|path| fs::read(path).unwrap() == b"mine"));
}

#[test]
fn a_piece_that_another_run_took_away_is_no_fault() {
    let folder = folder("cache-gone");
    run(&folder, &[1, 2]);
    let mut cache = Cache::open(&folder, question()).unwrap();
    let wanted = [known(1), known(2)];
    assert_eq!(cache.choose(&identities(&wanted)), [Some((InputFormat::JsonLines, 1)); 2]);
    fs::remove_file(&pieces(&folder)[0]).unwrap();
    assert_eq!(cache.take_fleets().len(), 1);
}

#[test]
fn no_folder_grows_without_end() {
    let folder = folder("cache-most");
    for number in 0..KEPT + 10 {
        let number = number.to_string();
        let cache = Cache::open(&folder, CacheQuestion::from_parts([("since", number.as_bytes())])).unwrap();
        let fresh = fleet(&[1]);
        cache.keep(vec![known(1)], &fresh.store().unwrap(), &fresh).unwrap();
    }
    assert_eq!(pieces(&folder).len(), KEPT);
}
