// Who has held the book, and since when: one row for each claim, the newest is the directory by
// which nodes find one another.

#include "schemas/node.hpp"

#include "projections/core/projection.hpp"

namespace daybook::node {
namespace {

struct ClaimRow {
    std::uint64_t term = 0;
    Id node;
    std::string url;
    std::string cluster;
    Instant claimed_at;
    std::uint64_t position = 0;  // Of the claim in the book.
    bool is_released = false;
};

void project(Rows<ClaimRow>& rows, const BookClaimed& event, const EventHeader& header) {
    rows.put({
        .term = event.term(),
        .node = read(event.node()),
        .url = copy(event.url()),
        .cluster = copy(event.cluster()),
        .claimed_at = read(header.recorded_at()),
        .position = header.position(),
    });
}

void project(Rows<ClaimRow>& rows, const BookReleased& event) {
    rows.at(event.term()).is_released = true;
}

constexpr auto claims = table<ClaimRow>(
    "claims",
    key("term", &ClaimRow::term),
    column("node", &ClaimRow::node),
    column("url", &ClaimRow::url),
    column("cluster", &ClaimRow::cluster),
    column("claimed_at", &ClaimRow::claimed_at),
    column("position", &ClaimRow::position),
    column("is_released", &ClaimRow::is_released)
);

}  // namespace

extern constinit const Projection projection =
    projection_of<claims, Events<EventTraits, BookClaimed, BookReleased>>();

}  // namespace daybook::node
