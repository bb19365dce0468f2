// Requests, requests for quotations and what suppliers offer.

#include <algorithm>

#include "projections/purchasing/rows.hpp"

namespace daybook::purchasing {
namespace {

// Changes a request's row and notes how it stands from then on.
struct RequestStep {
    Requests& rows;
    RequestChanges& changes;
    Id request;
    Date date;
    std::uint64_t position;

    template <class Change>
    void apply(Change&& change) {
        RequestRow& row = rows.at(request);
        change(row);
        changes.put({
            .request = request,
            .position = position,
            .date = date,
            .stage = row.stage,
            .amount = row.amount,
        });
    }
};

template <class Event>
RequestStep step_of(
    Requests& rows, RequestChanges& changes, const Event& event, const EventHeader& header
) {
    return {rows, changes, read(event.request()), read(event.date()), header.position()};
}

template <class Event>
void set_request(RequestRow& row, const Event& event) {
    row.requester = read(event.requester());
    row.amount = read(event.amount());
    row.text = copy(event.text());
    row.lines.clear();
    for (const RequestedLine* line : *event.lines()) {
        row.lines.push_back({line->quantity().milli(), 0});
    }
}

// An order takes a part of a line of a request, or gives it back.
void use_request(Requests& rows, const Id& id, std::uint16_t number, std::int64_t milli) {
    if (id.is_none()) return;
    RequestRow& request = rows.at(id);
    request.lines[number - 1U].ordered_milli += milli;
    const auto is_whole = [](const RequestedNow& one) {
        return one.ordered_milli >= one.quantity_milli;
    };
    const auto is_begun = [](const RequestedNow& one) { return one.ordered_milli > 0; };
    request.stage = std::ranges::all_of(request.lines, is_whole)   ? RequestStage::ordered
                    : std::ranges::any_of(request.lines, is_begun) ? RequestStage::partly_ordered
                                                                   : RequestStage::approved;
}
void give_back(Requests& rows, Orders& ordered, const Id& id) {
    for (const OrderedNow& line : ordered.at(id).lines) {
        use_request(rows, line.request, line.request_line, -line.stand.quantity.milli());
    }
}
template <class Event>
void take(Requests& rows, const Event& event) {
    for (const OrderedLine* line : *event.lines()) {
        const std::int64_t milli = line->quantity().milli();
        use_request(rows, read(line->request()), line->request_line(), milli);
    }
}

}  // namespace

const char* name_of(RequestStage stage) {
    switch (stage) {
        case RequestStage::draft: return "Draft";
        case RequestStage::submitted: return "Submitted";
        case RequestStage::approved: return "Approved";
        case RequestStage::partly_ordered: return "Partially Ordered";
        case RequestStage::ordered: return "Ordered";
        case RequestStage::rejected: return "Rejected";
    }
    return "";
}

const char* name_of(RfqStage stage) {
    switch (stage) {
        case RfqStage::sent: return "Sent";
        case RfqStage::received: return "Received";
        case RfqStage::chosen: return "Chosen";
        case RfqStage::ordered: return "Ordered";
        case RfqStage::cancelled: return "Cancelled";
    }
    return "";
}

void project(
    Requests& rows, RequestChanges& changes, const RequestDrafted& event, const EventHeader& header
) {
    step_of(rows, changes, event, header).apply([&](RequestRow& row) {
        row.date = read(event.date());
        row.position = header.position();
        set_request(row, event);
    });
}
void project(
    Requests& rows, RequestChanges& changes, const RequestRevised& event, const EventHeader& header
) {
    step_of(rows, changes, event, header).apply([&](RequestRow& row) { set_request(row, event); });
}
void project(
    Requests& rows,
    RequestChanges& changes,
    const RequestSubmitted& event,
    const EventHeader& header
) {
    step_of(rows, changes, event, header).apply([](RequestRow& row) {
        row.stage = RequestStage::submitted;
    });
}
void project(
    Requests& rows, RequestChanges& changes, const RequestApproved& event, const EventHeader& header
) {
    step_of(rows, changes, event, header).apply([&](RequestRow& row) {
        row.stage = RequestStage::approved;
        row.approver = read(event.approver());
    });
}
void project(
    Requests& rows, RequestChanges& changes, const RequestRejected& event, const EventHeader& header
) {
    step_of(rows, changes, event, header).apply([&](RequestRow& row) {
        row.stage = RequestStage::rejected;
        row.approver = read(event.approver());
        row.reason = copy(event.reason());
    });
}

void project(Rfqs& rows, Offers&, const QuotationsRequested& event, const EventHeader& header) {
    RfqRow& row = rows.at(read(event.rfq()));
    row.request = read_or_none(event.request());
    row.date = read(event.date());
    row.answer_by = read_or_none(event.answer_by());
    row.asked = event.suppliers()->size();
    row.position = header.position();
    for (const RfqLine* line : *event.lines()) row.quantities.push_back(read(line->quantity()));
}
void project(
    Rfqs& rows, Offers& offered, const SupplierQuotationReceived& event, const EventHeader& header
) {
    RfqRow& row = rows.at(read(event.rfq()));
    row.stage = RfqStage::received;
    ++row.answered;
    for (const OfferedLine* line : *event.lines()) {
        offered.put({
            .rfq = read(event.rfq()),
            .quotation = read(event.quotation()),
            .rfq_line = line->rfq_line(),
            .supplier = read(event.supplier()),
            .item = read(line->item()),
            .date = read(event.date()),
            .quantity = read(line->quantity()),
            .price = read(line->price()),
            .net = read(line->net()),
            .base = read(line->base()),
            .lead_days = line->lead_days(),
            .valid_until = read_or_none(event.valid_until()),
            .position = header.position(),
        });
    }
}
void project(Rfqs& rows, Offers&, const QuotationDeclined& event, const EventHeader&) {
    ++rows.at(read(event.rfq())).answered;
}
void project(Rfqs& rows, Offers& offered, const SupplierChosen& event, const EventHeader&) {
    RfqRow& row = rows.at(read(event.rfq()));
    row.stage = RfqStage::chosen;
    row.chosen = read(event.quotation());
    row.lowest = read(event.lowest());
    row.extra = read(event.extra());
    row.reason = copy(event.reason());
    std::vector<std::uint16_t> lines;
    offered.scan(row.rfq, row.chosen, [&](const OfferRow& offer) {
        lines.push_back(offer.rfq_line);
    });
    for (const std::uint16_t line : lines) {
        offered.at(read(event.rfq()), read(event.quotation()), line).is_chosen = true;
    }
}
void project(Rfqs& rows, Offers&, const RequestForQuotationsCancelled& event, const EventHeader&) {
    RfqRow& row = rows.at(read(event.rfq()));
    row.stage = RfqStage::cancelled;
    row.reason = copy(event.reason());
}
void project(Rfqs& rows, Offers&, const OrderPlaced& event, const EventHeader&) {
    const Id rfq = read_or_none(event.rfq());
    if (!rfq.is_none()) rows.at(rfq).stage = RfqStage::ordered;
}

// The order's row is still as it was before the event.
void project(Requests& rows, Orders&, const OrderPlaced& event, const Header&) {
    take(rows, event);
}
void project(Requests& rows, Orders& ordered, const OrderAmended& event, const Header&) {
    give_back(rows, ordered, read(event.order()));
    take(rows, event);
}
void project(Requests& rows, Orders& ordered, const OrderRejected& event, const Header&) {
    give_back(rows, ordered, read(event.order()));
}
void project(Requests& rows, Orders& ordered, const OrderCancelled& event, const Header&) {
    give_back(rows, ordered, read(event.order()));
}

}  // namespace daybook::purchasing
