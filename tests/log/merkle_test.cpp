// The tree against RFC 6962: the definition itself, written down recursively, and known roots.
#include "engine/log/merkle.hpp"

#include <doctest/doctest.h>
#include <fmt/core.h>

#include <bit>
#include <string>

using namespace daybook;

namespace {

std::string hex(const Hash& hash) {
    std::string text;
    for (const std::byte byte : hash) text += fmt::format("{:02x}", std::to_integer<int>(byte));
    return text;
}

std::vector<std::byte> bytes_of_hex(std::string_view text) {
    std::vector<std::byte> bytes;
    for (std::size_t at = 0; at < text.size(); at += 2) {
        bytes.push_back(
            static_cast<std::byte>(std::stoi(std::string(text.substr(at, 2)), nullptr, 16))
        );
    }
    return bytes;
}

// The eight leaves that implementations of Certificate Transparency test with.
const std::vector<std::string> leaves{
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
};

// MTH of RFC 6962 section 2.1, as it stands there.
Hash defined_root(Hasher& hasher, std::span<const Hash> hashes) {
    if (hashes.empty()) return hasher.plain({});
    if (hashes.size() == 1) return hashes[0];
    const std::size_t left = std::bit_floor(hashes.size() - 1);
    return hasher.node(
        defined_root(hasher, hashes.first(left)), defined_root(hasher, hashes.subspan(left))
    );
}

}  // namespace

TEST_CASE("the roots of the known trees come out") {
    const std::vector<std::string> roots{
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    };
    Hasher hasher;
    TreeFrontier tree;
    CHECK(hex(tree.root(hasher)) == roots[0]);
    for (std::size_t index = 0; index < leaves.size(); ++index) {
        tree.add(hasher, hasher.leaf(bytes_of_hex(leaves[index])));
        CAPTURE(index);
        CHECK(hex(tree.root(hasher)) == roots[index + 1]);
    }
}

TEST_CASE("the tree that grows leaf by leaf is the tree that the law defines, at every size") {
    Hasher hasher;
    TreeFrontier tree;
    std::vector<Hash> hashes;
    for (unsigned size = 1; size <= 300; ++size) {
        const std::array leaf{std::byte(size & 255), std::byte(size >> 8)};
        hashes.push_back(hasher.leaf(leaf));
        tree.add(hasher, hashes.back());
        CAPTURE(size);
        CHECK(tree.root(hasher) == defined_root(hasher, hashes));
        CHECK(TreeFrontier::of(size, tree.subtree_roots()) == tree);
    }
}

TEST_CASE("subtree roots that do not fit the size are no tree") {
    CHECK_FALSE(TreeFrontier::of(3, std::vector<Hash>(1)).has_value());
    CHECK(TreeFrontier::of(0, {}).has_value());
}

TEST_CASE("the chain depends on every leaf and on their order") {
    Hasher hasher;
    const Hash first = hasher.leaf(bytes_of_hex("01"));
    const Hash second = hasher.leaf(bytes_of_hex("02"));
    Commitment one;
    one.add(hasher, first);
    one.add(hasher, second);
    Commitment other;
    other.add(hasher, second);
    other.add(hasher, first);
    CHECK(one.chain != other.chain);
    CHECK(one.head(hasher).size == 2);
    CHECK(one.chain == hasher.chain(hasher.chain(Hash{}, first), second));
}
