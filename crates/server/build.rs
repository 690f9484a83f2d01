//! Makes sure that the web app's folder exists, so that it can be embedded; building the web app itself is `make`'s work.

fn main() {
    let folder = std::path::Path::new("../../web/dist");
    // Without write access there is nothing to embed: the service then says how to build the page.
    drop(std::fs::create_dir_all(folder));
    println!("cargo::rerun-if-changed=../../web/dist");
}
