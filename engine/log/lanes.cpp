// The lanes are those of Intel's multi-buffer library, which takes what the processor has. Debian
// has it for amd64 alone.
#include "engine/log/lanes.hpp"

#ifdef DAYBOOK_HAS_LANES
#include <intel-ipsec-mb.h>
#endif

#include <algorithm>

namespace daybook {
namespace {

constexpr std::size_t at_once = 64;  // Messages that are put together before they are hashed.
// Fewer leave most lanes empty, and a long one keeps all of them waiting.
constexpr std::size_t few = 8;
constexpr std::size_t long_bytes = 4096;
constexpr std::size_t node_bytes = 1 + 2 * sizeof(Hash);

}  // namespace

void LaneHasher::leaves(std::span<const EventBytes> events, std::span<Hash> hashes) {
    DAYBOOK_ASSERT(hashes.size() == events.size());
    for (std::size_t begin = 0; begin < events.size(); begin += at_once) {
        const std::size_t count = std::min(at_once, events.size() - begin);
        leaves_in_lanes(events.subspan(begin, count), hashes.subspan(begin, count));
    }
}

void LaneHasher::nodes(std::span<const Hash> children, std::span<Hash> parents) {
    DAYBOOK_ASSERT(children.size() == 2 * parents.size());
    for (std::size_t begin = 0; begin < parents.size(); begin += at_once) {
        const std::size_t count = std::min(at_once, parents.size() - begin);
        nodes_in_lanes(children.subspan(2 * begin, 2 * count), parents.subspan(begin, count));
    }
}

void LaneHasher::leaves_in_lanes(std::span<const EventBytes> events, std::span<Hash> hashes) {
    const bool has_lanes = events.size() >= few && open_lanes();
    const auto is_alone = [&](EventBytes event) { return !has_lanes || event.size() > long_bytes; };
    std::size_t bytes = 0;
    for (const EventBytes event : events) bytes += is_alone(event) ? 0 : 1 + event.size();
    if (messages_.size() < bytes) messages_.resize(bytes);
    std::byte* at = messages_.data();
    for (std::size_t index = 0; index < events.size(); ++index) {
        const EventBytes event = events[index];
        if (is_alone(event)) {
            hashes[index] = hasher_.leaf(event);
            continue;
        }
        *at = std::byte{0};
        std::ranges::copy(event, at + 1);
        begin({at, 1 + event.size()}, hashes[index]);
        at += 1 + event.size();
    }
    finish();
}

void LaneHasher::nodes_in_lanes(std::span<const Hash> children, std::span<Hash> parents) {
    const bool has_lanes = parents.size() >= few && open_lanes();
    messages_.resize(std::max(messages_.size(), parents.size() * node_bytes));
    std::byte* at = messages_.data();
    for (std::size_t index = 0; index < parents.size(); ++index) {
        const Hash& left = children[2 * index];
        const Hash& right = children[2 * index + 1];
        if (!has_lanes) {
            parents[index] = hasher_.node(left, right);
            continue;
        }
        *at = std::byte{1};
        std::ranges::copy(left, at + 1);
        std::ranges::copy(right, at + 1 + sizeof left);
        begin({at, node_bytes}, parents[index]);
        at += node_bytes;
    }
    finish();
}

#ifdef DAYBOOK_HAS_LANES

void LaneHasher::Free::operator()(IMB_MGR* lanes) const {
    free_mb_mgr(lanes);
}

bool LaneHasher::open_lanes() {
    if (lanes_ != nullptr) return true;
    lanes_.reset(alloc_mb_mgr(0));
    DAYBOOK_ASSERT(lanes_ != nullptr);
    init_mb_mgr_auto(lanes_.get(), nullptr);
    DAYBOOK_ASSERT(imb_get_errno(lanes_.get()) == 0);
    return true;
}

// The message must stay until finish(), and the hash is there only then.
void LaneHasher::begin(std::span<const std::byte> message, Hash& hash) {
    IMB_JOB* job = IMB_GET_NEXT_JOB(lanes_.get());
    job->chain_order = IMB_ORDER_HASH_CIPHER;
    job->cipher_direction = IMB_DIR_ENCRYPT;
    job->cipher_mode = IMB_CIPHER_NULL;
    job->hash_alg = IMB_AUTH_SHA_256;
    job->src = reinterpret_cast<const std::uint8_t*>(message.data());
    job->hash_start_src_offset_in_bytes = 0;
    job->msg_len_to_hash_in_bytes = message.size();
    job->auth_tag_output = reinterpret_cast<std::uint8_t*>(hash.data());
    job->auth_tag_output_len_in_bytes = hash.size();
    job = IMB_SUBMIT_JOB_NOCHECK(lanes_.get());
    for (; job != nullptr; job = IMB_GET_COMPLETED_JOB(lanes_.get())) {
        DAYBOOK_ASSERT(job->status == IMB_STATUS_COMPLETED);
    }
}

void LaneHasher::finish() {
    if (lanes_ == nullptr) return;
    while (const IMB_JOB* job = IMB_FLUSH_JOB(lanes_.get())) {
        DAYBOOK_ASSERT(job->status == IMB_STATUS_COMPLETED);
    }
}

#else

void LaneHasher::Free::operator()(IMB_MGR*) const {}
bool LaneHasher::open_lanes() {
    return false;
}
void LaneHasher::begin(std::span<const std::byte>, Hash&) {}
void LaneHasher::finish() {}

#endif

}  // namespace daybook
