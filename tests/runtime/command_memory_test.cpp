// What remembers command ids: never forgets one, and gives candidates that its caller proves.
#include "engine/runtime/command_memory.hpp"

#include <doctest/doctest.h>

#include <string>

#include "engine/base/prng.hpp"

namespace daybook {
namespace {

constexpr std::uint64_t ids_count = 50'000;

Id id_of(std::uint64_t number) {
    return id_from_code("c-" + std::to_string(number));
}

CommandMemory filled() {
    CommandMemory memory;
    for (std::uint64_t number = 0; number < ids_count; ++number) memory.add(id_of(number), number);
    return memory;
}

}  // namespace

TEST_CASE("every remembered command is found at its position, through all growth") {
    const CommandMemory memory = filled();
    CHECK(memory.size() == ids_count);
    for (std::uint64_t number = 0; number < ids_count; ++number) {
        REQUIRE(memory.find(id_of(number), [&](std::uint64_t at) { return at == number; }));
    }
}

TEST_CASE("a command that was never added has no candidate that can be proved") {
    const CommandMemory memory = filled();
    std::uint64_t asked = 0;
    for (std::uint64_t number = ids_count; number < ids_count * 2; ++number) {
        CHECK(!memory.find(id_of(number), [&](std::uint64_t) { return ++asked == 0; }));
    }
    CHECK(asked == 0);  // 48 bits of 50,000 ids do not meet by chance.
}

TEST_CASE("candidates whose hashes agree are all looked at") {
    CommandMemory memory;
    memory.add(id_of(1), 10);
    memory.add(id_of(1), 11);
    std::uint64_t asked = 0;
    CHECK(memory.find(id_of(1), [&](std::uint64_t at) { return ++asked, at == 11; }));
    CHECK(asked == 2);
}

TEST_CASE("a saved command memory loads whole, and a cut one is not whole") {
    const CommandMemory memory = filled();
    Bytes saved;
    Packer packer{saved};
    memory.save(packer);
    CommandMemory loaded;
    Unpacker unpacker{saved};
    loaded.load(unpacker);
    CHECK(unpacker.is_whole());
    CHECK(unpacker.at_end());
    CHECK(loaded.size() == ids_count);
    for (std::uint64_t number = 0; number < ids_count; ++number) {
        REQUIRE(loaded.find(id_of(number), [&](std::uint64_t at) { return at == number; }));
    }
    Unpacker cut{std::span{saved}.first(saved.size() - 1)};
    loaded.load(cut);
    CHECK(!cut.is_whole());
}

}  // namespace daybook
