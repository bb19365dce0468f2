// Quotations: drafted, sent, revised, and in the end accepted, declined, expired or cancelled. A
// revision is a draft again until it is sent. An accepted one waits for its order.

#include <fmt/format.h>

#include "engine/domain/sales/documents.hpp"
#include "engine/domain/sales/rules.hpp"

namespace daybook::sales {
namespace {

Judged<const Quotation*> live_quotation(const Sales& state, Id id) {
    if (state.documents.get(id).kind != DocumentKind::quotation) {
        return Refused{
            Refusal::quotation_unknown,
            {"quotation", to_string(id), "a quotation that was drafted"}};
    }
    const Quotation* quotation = state.quotations.find(id);
    if (quotation == nullptr || quotation->status == QuotationStatus::ordered) {
        return Refused{
            Refusal::quotation_closed,
            {"quotation",
             fmt::format("{}, which is ordered, declined, expired or cancelled", to_string(id)),
             "an open quotation"}};
    }
    return quotation;
}

Refused status_refused(Refusal refusal, std::string_view found, std::string_view needed) {
    return {refusal, {"quotation", std::string{found}, std::string{needed}}};
}
Refused accepted_already() {
    return status_refused(
        Refusal::quotation_accepted_already, "an accepted quotation", "one not yet accepted"
    );
}

Judged<Nothing> check_validity(Date date, Date valid_until) {
    if (valid_until.is_none() || valid_until >= date) return Nothing{};
    return Refused{
        Refusal::validity_reversed,
        {"valid_until", to_string(valid_until), fmt::format("{} or later", to_string(date))}};
}

// The quotation and the date of what happens to it.
struct Step {
    const Quotation* quotation = nullptr;
    Date date;
};
template <class Command>
Judged<Step> step_of(const Sales& state, const Command& command, const Context& context) {
    const Judged<const Quotation*> found = live_quotation(state, read(command.quotation()));
    if (!found.ok()) return found.refused();
    const Date date = date_or_today(command.date(), context);
    const Judged<Nothing> dated = check_not_before(date, found.value()->date);
    if (!dated.ok()) return dated.refused();
    return Step{found.value(), date};
}

void set_lines(Quotation& quotation, const auto& event) {
    quotation.date = read(event.date());
    quotation.valid_until = read_or_none(event.valid_until());
    quotation.includes_tax = event.prices_include_tax();
    quotation.reference = copy(event.reference());
    quotation.lines = draft_lines(*event.lines(), event.texts());
    quotation.status = QuotationStatus::drafted;
}

void end(Sales& state, Id quotation) {
    DAYBOOK_ASSERT(state.quotations.contains(quotation));
    state.quotations.erase(quotation);
}

}  // namespace

Decision decide(const Sales& state, const DraftQuotation& command, const Context& context) {
    const Id id = read(command.quotation());
    const Judged<Nothing> is_new = check_new_document(state, "quotation", id);
    if (!is_new.ok()) return is_new.refused();
    Judged<Draft> draft = open_draft(state, wanted_of(command), context);
    if (!draft.ok()) return draft.refused();
    const Date valid_until = read_or_none(command.valid_until());
    const Judged<Nothing> valid = check_validity(draft.value().date, valid_until);
    if (!valid.ok()) return valid.refused();
    draft = with_lines(state, std::move(draft.value()), command.lines());
    if (draft.ok()) draft = totalled(state, std::move(draft.value()));
    if (!draft.ok()) return draft.refused();
    const Judged<Nothing> positive = check_gross(draft.value());
    if (!positive.ok()) return positive.refused();

    QuotationDraftedT event;
    event.quotation = id;
    event.party = draft.value().party;
    event.valid_until = valid_until;
    event.currency = draft.value().currency;
    event.reference = copy(command.reference());
    put_amounts(event, draft.value());
    return event;
}

Decision decide(const Sales& state, const SendQuotation& command, const Context& context) {
    const Judged<Step> step = step_of(state, command, context);
    if (!step.ok()) return step.refused();
    const Quotation& quotation = *step.value().quotation;
    if (quotation.status == QuotationStatus::accepted) return accepted_already();
    if (quotation.status == QuotationStatus::sent) {
        return status_refused(
            Refusal::quotation_sent_already, "a quotation that was sent", "one not yet sent"
        );
    }

    QuotationSentT event;
    event.quotation = read(command.quotation());
    event.date = step.value().date;
    return event;
}

Decision decide(const Sales& state, const ReviseQuotation& command, const Context& context) {
    const Judged<Step> step = step_of(state, command, context);
    if (!step.ok()) return step.refused();
    const Quotation& quotation = *step.value().quotation;
    if (quotation.status == QuotationStatus::accepted) return accepted_already();
    Wanted wanted = wanted_of(command);
    wanted.party = quotation.party;
    wanted.currency = quotation.currency;
    Judged<Draft> draft = open_draft(state, wanted, context);
    if (!draft.ok()) return draft.refused();
    const Date valid_until = read_or_none(command.valid_until());
    const Judged<Nothing> valid = check_validity(draft.value().date, valid_until);
    if (!valid.ok()) return valid.refused();
    draft = with_lines(state, std::move(draft.value()), command.lines());
    if (draft.ok()) draft = totalled(state, std::move(draft.value()));
    if (!draft.ok()) return draft.refused();
    const Judged<Nothing> positive = check_gross(draft.value());
    if (!positive.ok()) return positive.refused();

    QuotationRevisedT event;
    event.quotation = read(command.quotation());
    event.valid_until = valid_until;
    event.reference = copy(command.reference());
    put_amounts(event, draft.value());
    return event;
}

Decision decide(const Sales& state, const AcceptQuotation& command, const Context& context) {
    const Judged<Step> step = step_of(state, command, context);
    if (!step.ok()) return step.refused();
    const Quotation& quotation = *step.value().quotation;
    if (quotation.status == QuotationStatus::drafted) {
        return status_refused(
            Refusal::quotation_not_sent, "a draft of a quotation", "one that was sent"
        );
    }
    if (quotation.status == QuotationStatus::accepted) return accepted_already();
    if (!quotation.valid_until.is_none() && step.value().date > quotation.valid_until) {
        return Refused{
            Refusal::quotation_expired,
            {"date",
             to_string(step.value().date),
             fmt::format("{} or earlier", to_string(quotation.valid_until))}};
    }

    QuotationAcceptedT event;
    event.quotation = read(command.quotation());
    event.date = step.value().date;
    event.reference = copy(command.reference());
    return event;
}

Decision decide(const Sales& state, const DeclineQuotation& command, const Context& context) {
    const Judged<Step> step = step_of(state, command, context);
    if (!step.ok()) return step.refused();
    const Quotation& quotation = *step.value().quotation;
    if (quotation.status == QuotationStatus::drafted) {
        return status_refused(
            Refusal::quotation_not_sent, "a draft of a quotation", "one that was sent"
        );
    }
    if (quotation.status == QuotationStatus::accepted) return accepted_already();

    QuotationDeclinedT event;
    event.quotation = read(command.quotation());
    event.date = step.value().date;
    event.reason = copy(command.reason());
    return event;
}

Decision decide(const Sales& state, const ExpireQuotation& command, const Context& context) {
    const Judged<Step> step = step_of(state, command, context);
    if (!step.ok()) return step.refused();
    const Quotation& quotation = *step.value().quotation;
    if (quotation.status == QuotationStatus::accepted) return accepted_already();
    if (quotation.valid_until.is_none() || step.value().date <= quotation.valid_until) {
        return Refused{
            Refusal::quotation_still_valid,
            {"date",
             to_string(step.value().date),
             quotation.valid_until.is_none()
                 ? "a quotation with a last day"
                 : fmt::format("a day after {}", to_string(quotation.valid_until))}};
    }

    QuotationExpiredT event;
    event.quotation = read(command.quotation());
    event.date = step.value().date;
    return event;
}

Decision decide(const Sales& state, const CancelQuotation& command, const Context& context) {
    const Judged<Step> step = step_of(state, command, context);
    if (!step.ok()) return step.refused();

    QuotationCancelledT event;
    event.quotation = read(command.quotation());
    event.date = step.value().date;
    event.reason = copy(command.reason());
    return event;
}

void apply(Sales& state, const QuotationDrafted& event) {
    const Id id = read(event.quotation());
    DAYBOOK_ASSERT(!state.documents.contains(id));
    state.documents.at(id) = {DocumentKind::quotation, read(event.party())};
    Quotation& quotation = state.quotations.at(id);
    quotation.party = read(event.party());
    quotation.currency = read(event.currency());
    set_lines(quotation, event);
}

void apply(Sales& state, const QuotationSent& event) {
    Quotation& quotation = state.quotations.at(read(event.quotation()));
    DAYBOOK_ASSERT(quotation.status == QuotationStatus::drafted);
    quotation.status = QuotationStatus::sent;
}

void apply(Sales& state, const QuotationRevised& event) {
    Quotation& quotation = state.quotations.at(read(event.quotation()));
    DAYBOOK_ASSERT(quotation.status != QuotationStatus::accepted);
    set_lines(quotation, event);
}

void apply(Sales& state, const QuotationAccepted& event) {
    Quotation& quotation = state.quotations.at(read(event.quotation()));
    DAYBOOK_ASSERT(quotation.status == QuotationStatus::sent);
    quotation.status = QuotationStatus::accepted;
}

void apply(Sales& state, const QuotationDeclined& event) {
    end(state, read(event.quotation()));
}
void apply(Sales& state, const QuotationExpired& event) {
    end(state, read(event.quotation()));
}
void apply(Sales& state, const QuotationCancelled& event) {
    end(state, read(event.quotation()));
}

}  // namespace daybook::sales
