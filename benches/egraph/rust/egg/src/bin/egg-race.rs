//! egg with the allocator of the system.

fn main() {
    egg_race::main("egg");
}
