//! egg with mimalloc: allocation is a good part of what egg does.

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    egg_race::main("egg-mimalloc");
}
