// The commitment to all events: the Merkle tree of RFC 6962 section 2.1 and a hash chain, both kept
// incrementally. Hash domain 1 means SHA-256 as that RFC uses it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "engine/log/log.hpp"

struct evp_md_ctx_st;
struct evp_md_st;

namespace daybook {

class LaneHasher;

inline constexpr std::uint16_t hash_domain = 1;

// Of one event, where the caller has computed them already.
struct EventHashes {
    Hash leaf{};
    Hash chain{};  // The chain value after the event.
};

// SHA-256 in the three ways that the log uses it. One thread.
class Hasher {
 public:
    Hasher();
    [[nodiscard]] Hash leaf(std::span<const std::byte> event);         // SHA-256(0x00 || event)
    [[nodiscard]] Hash node(const Hash& left, const Hash& right);      // SHA-256(0x01 || l || r)
    [[nodiscard]] Hash chain(const Hash& previous, const Hash& leaf);  // SHA-256(p || leaf)
    [[nodiscard]] Hash plain(std::span<const std::byte> bytes);

 private:
    struct Free {
        void operator()(evp_md_ctx_st* context) const;
        void operator()(evp_md_st* algorithm) const;
    };
    [[nodiscard]] Hash digest(std::span<const std::byte> first, std::span<const std::byte> second);

    std::unique_ptr<evp_md_st, Free> algorithm_;  // Fetched once: the fetch costs more than a hash.
    std::unique_ptr<evp_md_ctx_st, Free> context_;
};

// The right edge of the tree: the roots of the full subtrees, largest first, one for each bit set
// in the size. Enough to add leaves and to tell the root.
class TreeFrontier {
 public:
    TreeFrontier() = default;
    // Nothing if the number of roots does not fit the size.
    [[nodiscard]] static std::optional<TreeFrontier> of(
        std::uint64_t size, std::span<const Hash> subtree_roots
    );

    void add(Hasher& hasher, const Hash& leaf);
    // The same as one after the other, twice as fast.
    void add(LaneHasher& lanes, std::span<const Hash> leaves);
    [[nodiscard]] Hash root(Hasher& hasher) const;  // SHA-256 of nothing for the empty tree.
    [[nodiscard]] std::uint64_t size() const { return size_; }
    [[nodiscard]] const std::vector<Hash>& subtree_roots() const { return subtree_roots_; }
    friend bool operator==(const TreeFrontier&, const TreeFrontier&) = default;

 private:
    void add_levels(LaneHasher& lanes, std::span<const Hash> leaves);

    std::uint64_t size_ = 0;
    std::vector<Hash> subtree_roots_;  // As many as size_ has bits set.
};

// Tree and chain together, as of some number of events.
struct Commitment {
    TreeFrontier tree;
    Hash chain{};

    void add(Hasher& hasher, const Hash& leaf);
    void add(LaneHasher& lanes, std::span<const Hash> leaves);
    [[nodiscard]] TreeHead head(Hasher& hasher) const;
    friend bool operator==(const Commitment&, const Commitment&) = default;
};

}  // namespace daybook
