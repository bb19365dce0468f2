// Purchase requests: written, submitted, approved within the approver's limit by somebody who did
// not write them, or rejected. Orders use up an approved request's quantities.

#include <fmt/format.h>

#include "engine/domain/purchasing/common.hpp"
#include "engine/domain/purchasing/portions.hpp"
#include "engine/domain/purchasing/rules.hpp"

namespace daybook::purchasing {
namespace {

using RequestLines = flatbuffers::Vector<flatbuffers::Offset<RequestLine>>;

struct WrittenLines {
    std::vector<RequestedLine> lines;
    std::vector<std::unique_ptr<LineTextT>> texts;
    Money amount;
};

// What one costs in base currency: as given, or else the preferred supplier's price.
Judged<UnitPrice> estimate_of(
    const Purchasing& state, const RequestLine& line, std::size_t index, Date date
) {
    const Currency base = state.book.get().base;
    const UnitPrice given = read_or_none(line.estimate());
    if (given.currency() != Currency::none) {
        if (given.currency() != base) {
            return refuse(
                Refusal::price_currency_differs,
                line_path(index, "estimate"),
                to_string(given),
                fmt::format("a price in {}", code_of(base))
            );
        }
        if (!given.is_negative()) return given;
        return refuse(
            Refusal::price_negative, line_path(index, "estimate"), to_string(given), "zero or more"
        );
    }
    const Id item = read(line.item());
    const Price* price = price_of(
        state,
        {.supplier = preferred_supplier(state, item),
         .item = item,
         .valid_from = date,
         .from_quantity = read(line.quantity())}
    );
    if (price == nullptr) {
        return refuse(
            Refusal::price_missing,
            line_path(index, "estimate"),
            "none, and no price of a preferred supplier",
            "what one will cost"
        );
    }
    const Judged<ExchangeRate> rate = rate_on(state, price->price.currency(), date, {});
    if (!rate.ok()) return rate.refused();
    const Wide micro = divide(
        static_cast<Wide>(price->price.micro()) * rate.value().micro(),
        1'000'000,
        Rounding::half_even
    );
    if (fits_64(micro)) return UnitPrice::from_micro(narrow(micro), base);
    return refuse(
        Refusal::amount_too_large,
        line_path(index, "estimate"),
        to_string(price->price),
        "a price that base currency can hold"
    );
}

Check check_request_line(const Purchasing& state, const RequestLine& line, std::size_t index) {
    const Judged<Item> item = item_for(state, line_path(index, "item"), read(line.item()));
    if (!item.ok()) return item.refused();
    const Quantity quantity = read(line.quantity());
    if (quantity <= Quantity{} || quantity.milli() > quantity_milli_max) {
        return refuse(
            Refusal::quantity_not_positive,
            line_path(index, "quantity"),
            to_string(quantity),
            "more than zero"
        );
    }
    const Id warehouse = read_or_none(line.warehouse());
    if (!warehouse.is_none() && !state.places.contains(warehouse)) {
        return refuse(
            Refusal::warehouse_unknown,
            line_path(index, "warehouse"),
            to_string(warehouse),
            "a place that inventory has defined"
        );
    }
    return check_text(line_path(index, "text"), text(line.text()));
}

Judged<WrittenLines> written_lines(const Purchasing& state, const RequestLines* lines, Date date) {
    const Check counted = check_line_count(lines == nullptr ? 0 : lines->size());
    if (!counted.ok()) return counted.refused();
    WrittenLines written;
    written.amount = Money::from_minor(0, state.book.get().base);
    for (flatbuffers::uoffset_t i = 0; i < lines->size(); ++i) {
        const RequestLine& line = *lines->Get(i);
        const Check checked = check_request_line(state, line, i);
        if (!checked.ok()) return checked.refused();
        const Judged<UnitPrice> estimate = estimate_of(state, line, i, date);
        if (!estimate.ok()) return estimate.refused();
        const auto amount = worth_of(
            {.price = estimate.value(),
             .quantity = read(line.quantity()),
             .rate = ExchangeRate::from_micro(1'000'000),
             .currency = state.book.get().base},
            0
        );
        if (!amount || (written.amount + amount->money).minor() > amount_minor_max) {
            return refuse(
                Refusal::amount_too_large,
                line_path(i, "quantity"),
                fmt::format(
                    "{} of {}", to_string(read(line.quantity())), to_string(estimate.value())
                ),
                "a smaller amount"
            );
        }
        written.amount += amount->money;
        written.lines.emplace_back(
            *line.item(),
            wired(read_or_none(line.warehouse())),
            *line.quantity(),
            wired(estimate.value()),
            wired(amount->money),
            wired(read_or_none(line.needed_by()))
        );
        if (text(line.text()).empty()) continue;
        auto words = std::make_unique<LineTextT>();
        words->line = static_cast<std::uint16_t>(i + 1);
        words->text = copy(line.text());
        written.texts.push_back(std::move(words));
    }
    return written;
}

Judged<const PurchaseRequest*> find_request(
    const Purchasing& state, Id id, RequestStatus status, Refusal otherwise
) {
    const PurchaseRequest* request = state.requests.find(id);
    if (request == nullptr) {
        return refuse(
            Refusal::request_unknown,
            "request",
            to_string(id),
            "a request that was drafted and not rejected"
        );
    }
    if (request->status == status) return request;
    constexpr std::string_view names[]{"a draft", "submitted", "approved"};
    return refuse(
        otherwise,
        "request",
        fmt::format("{} is {}", to_string(id), names[static_cast<std::size_t>(request->status)]),
        fmt::format("one that is {}", names[static_cast<std::size_t>(status)])
    );
}

std::vector<RequestLineState> kept_lines(const flatbuffers::Vector<const RequestedLine*>& lines) {
    std::vector<RequestLineState> kept;
    kept.reserve(lines.size());
    for (const RequestedLine* line : lines) {
        kept.push_back(
            {.item = read(line->item()),
             .warehouse = read(line->warehouse()),
             .quantity = read(line->quantity()),
             .estimate = read(line->estimate()),
             .needed_by = read(line->needed_by())}
        );
    }
    return kept;
}

template <class Event>
void put_written(Event& event, WrittenLines& written) {
    event.lines = std::move(written.lines);
    event.texts = std::move(written.texts);
    event.amount = written.amount;
}

}  // namespace

Decision decide(const Purchasing& state, const DraftRequest& command, const Context& context) {
    const Date date = date_or_today(command.date(), context);
    const Check book = check_book(state);
    if (!book.ok()) return book.refused();
    const Check is_new = check_new(state, "request", read(command.request()));
    if (!is_new.ok()) return is_new.refused();
    const Check dated = check_date(date);
    if (!dated.ok()) return dated.refused();
    const Check words = check_text("text", text(command.text()));
    if (!words.ok()) return words.refused();
    Judged<WrittenLines> written = written_lines(state, command.lines(), date);
    if (!written.ok()) return written.refused();

    RequestDraftedT event;
    event.request = read(command.request());
    event.requester = context.actor;
    event.date = date;
    event.text = copy(command.text());
    put_written(event, written.value());
    return event;
}

Decision decide(const Purchasing& state, const ReviseRequest& command, const Context& context) {
    const Date date = date_or_today(command.date(), context);
    const auto request = find_request(
        state, read(command.request()), RequestStatus::draft, Refusal::request_not_draft
    );
    if (!request.ok()) return request.refused();
    const Check dated = check_not_before(date, request.value()->date);
    if (!dated.ok()) return dated.refused();
    const Check words = check_text("text", text(command.text()));
    if (!words.ok()) return words.refused();
    Judged<WrittenLines> written = written_lines(state, command.lines(), date);
    if (!written.ok()) return written.refused();

    RequestRevisedT event;
    event.request = read(command.request());
    event.requester = context.actor;
    event.date = date;
    event.text = copy(command.text());
    put_written(event, written.value());
    return event;
}

Decision decide(const Purchasing& state, const SubmitRequest& command, const Context& context) {
    const Date date = date_or_today(command.date(), context);
    const auto request = find_request(
        state, read(command.request()), RequestStatus::draft, Refusal::request_not_draft
    );
    if (!request.ok()) return request.refused();
    const Check dated = check_not_before(date, request.value()->date);
    if (!dated.ok()) return dated.refused();

    RequestSubmittedT event;
    event.request = read(command.request());
    event.date = date;
    return event;
}

Decision decide(const Purchasing& state, const ApproveRequest& command, const Context& context) {
    const Date date = date_or_today(command.date(), context);
    const auto request = find_request(
        state, read(command.request()), RequestStatus::submitted, Refusal::request_not_submitted
    );
    if (!request.ok()) return request.refused();
    const Check dated = check_not_before(date, request.value()->date);
    if (!dated.ok()) return dated.refused();
    const Check approver =
        check_approver(state, context.actor, request.value()->askers, request.value()->amount);
    if (!approver.ok()) return approver.refused();

    RequestApprovedT event;
    event.request = read(command.request());
    event.approver = context.actor;
    event.date = date;
    return event;
}

Decision decide(const Purchasing& state, const RejectRequest& command, const Context& context) {
    const Date date = date_or_today(command.date(), context);
    const auto request = find_request(
        state, read(command.request()), RequestStatus::submitted, Refusal::request_not_submitted
    );
    if (!request.ok()) return request.refused();
    const Check reason = check_reason(text(command.reason()));
    if (!reason.ok()) return reason.refused();
    const Check dated = check_not_before(date, request.value()->date);
    if (!dated.ok()) return dated.refused();

    RequestRejectedT event;
    event.request = read(command.request());
    event.approver = context.actor;
    event.date = date;
    event.reason = copy(command.reason());
    return event;
}

void apply(Purchasing& state, const RequestDrafted& event) {
    const Id id = read(event.request());
    DAYBOOK_ASSERT(!state.documents.contains(id));
    state.documents.at(id) = {DocumentKind::request};
    PurchaseRequest& request = state.requests.at(id);
    add_asker(request.askers, read(event.requester()));
    request.date = read(event.date());
    request.amount = read(event.amount());
    request.lines = kept_lines(*event.lines());
}

void apply(Purchasing& state, const RequestRevised& event) {
    PurchaseRequest& request = state.requests.at(read(event.request()));
    DAYBOOK_ASSERT(request.status == RequestStatus::draft);
    add_asker(request.askers, read(event.requester()));
    request.amount = read(event.amount());
    request.lines = kept_lines(*event.lines());
}

void apply(Purchasing& state, const RequestSubmitted& event) {
    PurchaseRequest& request = state.requests.at(read(event.request()));
    DAYBOOK_ASSERT(request.status == RequestStatus::draft);
    request.status = RequestStatus::submitted;
}

void apply(Purchasing& state, const RequestApproved& event) {
    PurchaseRequest& request = state.requests.at(read(event.request()));
    DAYBOOK_ASSERT(request.status == RequestStatus::submitted);
    request.status = RequestStatus::approved;
}

void apply(Purchasing& state, const RequestRejected& event) {
    DAYBOOK_ASSERT(state.requests.contains(read(event.request())));
    state.requests.erase(read(event.request()));
}

}  // namespace daybook::purchasing
