// SHA-256 from OpenSSL, with the algorithm fetched and the context made once.
#include "engine/log/merkle.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <bit>

#include "engine/log/lanes.hpp"

namespace daybook {

Hasher::Hasher()
    : algorithm_(EVP_MD_fetch(nullptr, "SHA256", nullptr)), context_(EVP_MD_CTX_new()) {
    DAYBOOK_ASSERT(algorithm_ != nullptr);
    DAYBOOK_ASSERT(context_ != nullptr);
}

void Hasher::Free::operator()(evp_md_ctx_st* context) const {
    EVP_MD_CTX_free(context);
}

void Hasher::Free::operator()(evp_md_st* algorithm) const {
    EVP_MD_free(algorithm);
}

Hash Hasher::digest(std::span<const std::byte> first, std::span<const std::byte> second) {
    Hash hash{};
    unsigned length = 0;
    int good = EVP_DigestInit_ex2(context_.get(), algorithm_.get(), nullptr);
    good &= EVP_DigestUpdate(context_.get(), first.data(), first.size());
    if (!second.empty()) good &= EVP_DigestUpdate(context_.get(), second.data(), second.size());
    good &=
        EVP_DigestFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(hash.data()), &length);
    DAYBOOK_ASSERT(good == 1 && length == hash.size());
    return hash;
}

Hash Hasher::leaf(std::span<const std::byte> event) {
    static constexpr std::array prefix{std::byte{0}};
    return digest(prefix, event);
}

Hash Hasher::node(const Hash& left, const Hash& right) {
    // Put together first: each call into the library costs as much as hashing some 20 bytes.
    std::array<std::byte, 1 + 2 * sizeof(Hash)> whole;
    whole[0] = std::byte{1};
    std::ranges::copy(left, &whole[1]);
    std::ranges::copy(right, &whole[1 + sizeof(Hash)]);
    return digest(whole, {});
}

Hash Hasher::chain(const Hash& previous, const Hash& leaf) {
    std::array<std::byte, 2 * sizeof(Hash)> whole;
    std::ranges::copy(previous, whole.data());
    std::ranges::copy(leaf, &whole[sizeof(Hash)]);
    return digest(whole, {});
}

Hash Hasher::plain(std::span<const std::byte> bytes) {
    return digest(bytes, {});
}

std::optional<TreeFrontier> TreeFrontier::of(
    std::uint64_t size, std::span<const Hash> subtree_roots
) {
    if (subtree_roots.size() != static_cast<std::size_t>(std::popcount(size))) return std::nullopt;
    TreeFrontier frontier;
    frontier.size_ = size;
    frontier.subtree_roots_.assign(subtree_roots.begin(), subtree_roots.end());
    return frontier;
}

void TreeFrontier::add(Hasher& hasher, const Hash& leaf) {
    // Adding one is binary counting: each carry joins two subtrees of the same size.
    Hash carried = leaf;
    for (std::uint64_t bits = size_; (bits & 1) != 0; bits >>= 1) {
        carried = hasher.node(subtree_roots_.back(), carried);
        subtree_roots_.pop_back();
    }
    subtree_roots_.push_back(carried);
    ++size_;
    DAYBOOK_ASSERT(subtree_roots_.size() == static_cast<std::size_t>(std::popcount(size_)));
}

void TreeFrontier::add(LaneHasher& lanes, std::span<const Hash> leaves) {
    constexpr std::size_t few = 8;
    constexpr std::size_t at_once = 512;
    for (; leaves.size() > at_once; leaves = leaves.subspan(at_once)) {
        add_levels(lanes, leaves.first(at_once));
    }
    if (leaves.size() > few) return add_levels(lanes, leaves);
    for (const Hash& leaf : leaves) add(lanes.single(), leaf);
}

// Level by level: the subtree of this size that was there, and the new ones behind it, in pairs.
void TreeFrontier::add_levels(LaneHasher& lanes, std::span<const Hash> leaves) {
    std::vector<Hash> level(leaves.begin(), leaves.end());
    std::vector<Hash> parents;
    std::vector<Hash> alone;  // From the smallest subtree to the largest.
    for (std::uint64_t bits = size_; !level.empty(); bits >>= 1) {
        if ((bits & 1) != 0) {
            level.insert(level.begin(), subtree_roots_.back());
            subtree_roots_.pop_back();
        }
        if (level.size() % 2 == 1) {
            alone.push_back(level.back());
            level.pop_back();
        }
        parents.resize(level.size() / 2);
        lanes.nodes(level, parents);
        level.swap(parents);
    }
    size_ += leaves.size();
    subtree_roots_.insert(subtree_roots_.end(), alone.rbegin(), alone.rend());
    DAYBOOK_ASSERT(subtree_roots_.size() == static_cast<std::size_t>(std::popcount(size_)));
}

Hash TreeFrontier::root(Hasher& hasher) const {
    if (subtree_roots_.empty()) return hasher.plain({});
    Hash root = subtree_roots_.back();
    for (std::size_t left = subtree_roots_.size() - 1; left > 0; --left) {
        root = hasher.node(subtree_roots_[left - 1], root);
    }
    return root;
}

void Commitment::add(Hasher& hasher, const Hash& leaf) {
    chain = hasher.chain(chain, leaf);
    tree.add(hasher, leaf);
}

void Commitment::add(LaneHasher& lanes, std::span<const Hash> leaves) {
    for (const Hash& leaf : leaves) chain = lanes.single().chain(chain, leaf);
    tree.add(lanes, leaves);
}

TreeHead Commitment::head(Hasher& hasher) const {
    return {.size = tree.size(), .root = tree.root(hasher), .chain = chain};
}

}  // namespace daybook
