// SHA-256 of many messages at a time, each in a lane of the processor's wide registers: twice as
// fast as one after the other, and the same values. Hash domain 1, as merkle.hpp. Where the machine
// has no library for it, one after the other.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "engine/log/merkle.hpp"

struct IMB_MGR;

namespace daybook {

// One thread. Large once it has hashed many: then to be kept.
class LaneHasher {
 public:
    // SHA-256(0x00 || event) of each event.
    void leaves(std::span<const EventBytes> events, std::span<Hash> hashes);
    // SHA-256(0x01 || left || right) of each pair of neighbours: half as many as `children`.
    void nodes(std::span<const Hash> children, std::span<Hash> parents);
    // For what can only be hashed one after the other.
    [[nodiscard]] Hasher& single() { return hasher_; }

 private:
    struct Free {
        void operator()(IMB_MGR* lanes) const;
    };
    void leaves_in_lanes(std::span<const EventBytes> events, std::span<Hash> hashes);
    void nodes_in_lanes(std::span<const Hash> children, std::span<Hash> parents);
    [[nodiscard]] bool open_lanes();  // False where there are none.
    void begin(std::span<const std::byte> message, Hash& hash);
    void finish();

    Hasher hasher_;
    std::unique_ptr<IMB_MGR, Free> lanes_;  // Made when there is use for them.
    std::vector<std::byte> messages_;  // With the byte before each that tells leaves from nodes.
};

}  // namespace daybook
