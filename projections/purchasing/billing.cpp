// Bills line by line, and those that wait.

#include <fmt/format.h>

#include "projections/purchasing/rows.hpp"

namespace daybook::purchasing {
namespace {

// "more_than_received in line 1: 12.000, allowed 10.100"
std::string words_of(const LineDifference& difference) {
    std::string words = EnumNameMatchDifference(difference.kind());
    words += fmt::format(" in line {}", difference.line());
    const Money found_net = read(difference.found_net());
    const Money allowed_net = read(difference.allowed_net());
    if (!read(difference.found()).is_zero()) {
        words += fmt::format(
            ": {}, allowed {}",
            to_string(read(difference.found())),
            to_string(read(difference.allowed()))
        );
    } else if (!found_net.is_zero() || !allowed_net.is_zero()) {
        words += fmt::format(": {}, ordered {}", to_string(found_net), to_string(allowed_net));
    }
    return words;
}

}  // namespace

void project(Rows<BillLineRow>& rows, const BillMatched& event, const EventHeader& header) {
    std::uint16_t part = 0;
    for (const MatchedLine* line : *event.lines()) {
        const Money value = read(line->value());
        const Money variance = read(line->price_variance());
        const Money exchange = read(line->exchange_difference());
        rows.put({
            .position = header.position(),
            .part = ++part,
            .bill = read(event.bill()),
            .number = copy(event.number()),
            .supplier = read(event.supplier()),
            .item = read(line->item()),
            .order = read(line->order()),
            .order_line = line->order_line(),
            .receipt = read(line->receipt()),
            .kind = line->kind(),
            .date = read(event.date()),
            .accounting_date = read(event.accounting_date()),
            .quantity = read(line->quantity()),
            .net = read(line->net()),
            .expected = read(line->expected()),
            .base = value + variance + exchange,
            .value = value,
            .price_variance = variance,
            .exchange_difference = exchange,
            .is_release = event.is_release(),
        });
    }
}

void project(
    Rows<ExceptionRow>& rows, const MatchExceptionRaised& event, const EventHeader& header
) {
    ExceptionRow row{
        .bill = read(event.bill()),
        .number = copy(event.number()),
        .supplier = read(event.supplier()),
        .recorder = read(event.recorder()),
        .date = read(event.date()),
        .is_credit_note = event.is_credit_note(),
        .net = read(event.net()),
        .gross = read(event.gross()),
        .position = header.position()};
    for (const LineDifference* difference : *event.differences()) {
        if (!row.differences.empty()) row.differences += "; ";
        row.differences += words_of(*difference);
    }
    rows.put(std::move(row));
}
void project(
    Rows<ExceptionRow>& rows, const MatchExceptionResolved& event, const EventHeader& header
) {
    ExceptionRow& row = rows.at(read(event.bill()));
    row.resolution = event.resolution();
    row.resolver = read(event.resolver());
    row.resolved = read(event.date());
    row.reason = copy(event.reason());
    row.resolved_position = header.position();
}

}  // namespace daybook::purchasing
