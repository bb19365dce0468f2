// Deals: what may be sold to whom, on its way through the stages of a pipeline.
//
// How long a deal was in a stage is worked out here and stored, so that the days of all stages add
// up to the days that it was open. Dates may lie in the past, but never before the change before.

#include <algorithm>
#include <utility>

#include "engine/domain/crm/state.hpp"
#include "schemas/crm.hpp"

namespace daybook::crm {
namespace {

constexpr const char* status_name(DealStatus status) {
    switch (status) {
        case DealStatus::none: return "unknown";
        case DealStatus::open: return "open";
        case DealStatus::won: return "won";
        case DealStatus::lost: return "lost";
        case DealStatus::retracted: return "retracted";
    }
    return "unknown";
}

bool is_given(const Money& amount) {
    return amount.currency() != Currency::none;
}

const Pipeline& pipeline_of(const Crm& state, const Deal& deal) {
    const Pipeline* pipeline = state.pipelines.find(deal.pipeline);
    DAYBOOK_ASSERT(pipeline != nullptr);
    return *pipeline;
}

const StageRule* find_stage(const Pipeline& pipeline, const Id& stage) {
    const auto found = std::ranges::find(pipeline.stages, stage, &StageRule::stage);
    return found == pipeline.stages.end() ? nullptr : &*found;
}

std::uint32_t days_between(Date from, Date to) {
    DAYBOOK_ASSERT(from <= to);
    return static_cast<std::uint32_t>(to.days()) - static_cast<std::uint32_t>(from.days());
}

FieldSet fields_of(const DealOpenedT& deal) {
    FieldSet set = 0;
    if (!deal.party.is_none()) set |= bit(DealField::party);
    if (is_given(deal.amount)) set |= bit(DealField::amount);
    if (!deal.expected_close.is_none()) set |= bit(DealField::expected_close);
    if (!deal.owner.is_none()) set |= bit(DealField::owner);
    if (!deal.contact.is_none()) set |= bit(DealField::contact);
    if (!deal.products.empty()) set |= bit(DealField::products);
    if (!deal.title.empty()) set |= bit(DealField::title);
    if (deal.touch != nullptr && !deal.touch->source.empty()) set |= bit(DealField::source);
    return set;
}

FieldSet fields_of(const DealAmended& event) {
    FieldSet set = 0;
    if (!read_or_none(event.party()).is_none()) set |= bit(DealField::party);
    if (is_given(read_or_none(event.amount()))) set |= bit(DealField::amount);
    if (!read_or_none(event.expected_close()).is_none()) set |= bit(DealField::expected_close);
    if (!read_or_none(event.owner()).is_none()) set |= bit(DealField::owner);
    if (!read_or_none(event.contact()).is_none()) set |= bit(DealField::contact);
    if (event.products() != nullptr && event.products()->size() > 0)
        set |= bit(DealField::products);
    if (!text(event.title()).empty()) set |= bit(DealField::title);
    if (!read_or_none(event.quotation()).is_none()) set |= bit(DealField::quotation);
    return set;
}

FieldSet fields_of(const AmendDealT& command) {
    DealOpenedT same;
    same.party = command.party;
    same.amount = command.amount;
    same.expected_close = command.expected_close;
    same.owner = command.owner;
    same.contact = command.contact;
    same.title = command.title;
    FieldSet set = fields_of(same);
    if (!command.products.empty()) set |= bit(DealField::products);
    if (!command.quotation.is_none()) set |= bit(DealField::quotation);
    return set;
}

Decision check_fields(FieldSet required, FieldSet has, const std::string& what) {
    const FieldSet missing = required & ~has;
    if (missing == 0) return {};
    for (const DealField field : EnumValuesDealField()) {
        if ((missing & bit(field)) == 0) continue;
        return refuse(
            Refusal::required_field_missing,
            EnumNameDealField(field),
            "nothing",
            std::string{EnumNameDealField(field)} + ", which " + what + " requires"
        );
    }
    return {};
}

Decision check_amount(const Money& amount, const std::string& at) {
    if (!amount.is_negative()) return {};
    return refuse(Refusal::amount_negative, at, to_string(amount), "zero or more");
}

Decision check_products(const flatbuffers::Vector<flatbuffers::Offset<Product>>* products) {
    if (products == nullptr) return {};
    for (std::uint32_t i = 0; i < products->size(); ++i) {
        const std::string at = "products[" + std::to_string(i) + "]";
        const Product* product = products->Get(i);
        if (auto no = check_id(read(product->item()), at + ".item"); no.is_refused()) return no;
        auto no = check_amount(read_or_none(product->amount()), at + ".amount");
        if (no.is_refused()) return no;
        const Quantity quantity = read_or_none(product->quantity());
        if (quantity >= Quantity{}) continue;
        return refuse(
            Refusal::quantity_negative, at + ".quantity", to_string(quantity), "zero or more"
        );
    }
    return {};
}

Decision check_quotation(const Crm& state, const Id& quotation) {
    if (quotation.is_none() || state.accepted_quotations.contains(quotation)) return {};
    return refuse(
        Refusal::quotation_not_accepted,
        "quotation",
        to_string(quotation),
        "a quotation that the customer has accepted"
    );
}

Decision check_deal(const Crm& state, const Id& deal) {
    if (state.deals.contains(deal)) return {};
    return refuse(Refusal::deal_unknown, "deal", to_string(deal), "a deal that was opened");
}

Decision check_not_retracted(const Crm& state, const Id& deal) {
    if (state.deals.get(deal).status != DealStatus::retracted) return {};
    return refuse(
        Refusal::deal_retracted, "deal", to_string(deal) + ", retracted", "a deal that stands"
    );
}

Decision check_open(const Crm& state, const Id& deal) {
    if (auto no = check_deal(state, deal); no.is_refused()) return no;
    const DealStatus status = state.deals.get(deal).status;
    if (status == DealStatus::open) return {};
    return refuse(
        Refusal::deal_is_closed,
        "deal",
        to_string(deal) + ", " + status_name(status),
        "an open deal"
    );
}

Decision check_not_before(Date on, Date previous) {
    if (on >= previous) return {};
    return refuse(
        Refusal::before_previous_change,
        "on",
        to_string(on),
        "a day not before " + to_string(previous)
    );
}

Decision stage_unknown(const Id& stage, const PipelineKey& pipeline) {
    return refuse(
        Refusal::stage_unknown,
        "stage",
        to_string(stage),
        "a stage of " + to_string(pipeline.pipeline) + ", version " +
            std::to_string(pipeline.version)
    );
}

// The people that a deal names, where it names them.
template <class Command>
Decision check_people(const Crm& state, const Command& command) {
    const Id party = read_or_none(command.party());
    const Id contact = read_or_none(command.contact());
    const Id owner = read_or_none(command.owner());
    if (!party.is_none()) {
        if (auto no = check_active_party(state, party, "party"); no.is_refused()) return no;
    }
    if (!contact.is_none()) {
        if (auto no = check_active_party(state, contact, "contact"); no.is_refused()) return no;
    }
    if (!owner.is_none()) return check_employee(state, owner, "owner");
    return {};
}

std::string list_of(const std::vector<Id>& ids) {
    std::string list;
    for (const Id& id : ids) list += (list.empty() ? "" : ", ") + to_string(id);
    return list;
}

void enter(Deal& deal, const Id& stage, Date on) {
    DAYBOOK_ASSERT(deal.changed <= on);
    deal.stage = stage;
    deal.changed = on;
}

void leave(Deal& deal, std::uint32_t days_in_stage, Date on) {
    DAYBOOK_ASSERT(deal.status == DealStatus::open);
    DAYBOOK_ASSERT(days_in_stage == days_between(deal.changed, on));
    deal.days_open += days_in_stage;
}

}  // namespace

Decision open_deal(const Crm& state, DealOpenedT deal) {
    const PipelineKey key{deal.pipeline, state.pipeline_versions.get(deal.pipeline)};
    const Pipeline* pipeline = state.pipelines.find(key);
    if (auto no = check_id(deal.deal, "deal"); no.is_refused()) return no;
    if (state.deals.contains(deal.deal)) {
        return refuse(
            Refusal::deal_exists, "deal", to_string(deal.deal), "an id that no deal has yet"
        );
    }
    if (pipeline == nullptr) {
        return refuse(
            Refusal::pipeline_unknown,
            "pipeline",
            to_string(deal.pipeline),
            "a pipeline that was defined"
        );
    }
    if (deal.stage.is_none()) deal.stage = pipeline->stages.front().stage;
    const StageRule* stage = find_stage(*pipeline, deal.stage);
    if (stage == nullptr) return stage_unknown(deal.stage, key);
    if (auto no = check_amount(deal.amount, "amount"); no.is_refused()) return no;
    auto no = check_fields(stage->required, fields_of(deal), "stage " + to_string(stage->stage));
    if (no.is_refused()) return no;
    if (no = check_text(deal.title, "title"); no.is_refused()) return no;

    deal.pipeline_version = key.version;
    deal.probability = stage->probability;
    return deal;
}

Decision decide(const Crm& state, const OpenDeal& command, const Context& context) {
    if (auto no = check_people(state, command); no.is_refused()) return no;
    if (auto no = check_products(command.products()); no.is_refused()) return no;

    OpenDealT given;
    command.UnPackTo(&given);
    DealOpenedT deal;
    deal.deal = given.deal;
    deal.party = resolve(state, given.party);
    deal.contact = resolve(state, given.contact);
    deal.owner = resolve(state, given.owner);
    deal.pipeline = given.pipeline;
    deal.stage = given.stage;
    deal.title = std::move(given.title);
    deal.amount = given.amount;
    deal.expected_close = given.expected_close;
    deal.products = std::move(given.products);
    deal.touch = std::move(given.touch);
    deal.on = day_or_today(command.on(), context);
    return open_deal(state, std::move(deal));
}

Decision decide(const Crm& state, const MoveDeal& command, const Context& context) {
    const Id id = read(command.deal());
    const Id to = read(command.stage());
    const Date on = day_or_today(command.on(), context);
    if (auto no = check_open(state, id); no.is_refused()) return no;
    const Deal deal = state.deals.get(id);
    const Pipeline& pipeline = pipeline_of(state, deal);
    const StageRule* from_stage = find_stage(pipeline, deal.stage);
    const StageRule* to_stage = find_stage(pipeline, to);
    DAYBOOK_ASSERT(from_stage != nullptr);

    if (to_stage == nullptr) return stage_unknown(to, deal.pipeline);
    if (to == deal.stage) {
        return refuse(Refusal::deal_already_there, "stage", to_string(to), "another stage");
    }
    if (std::ranges::find(from_stage->next, to) == from_stage->next.end()) {
        return refuse(
            Refusal::transition_not_allowed,
            "stage",
            "from " + to_string(deal.stage) + " to " + to_string(to),
            from_stage->next.empty() ? "won or lost" : "one of " + list_of(from_stage->next)
        );
    }
    if (auto no = check_not_before(on, deal.changed); no.is_refused()) return no;
    auto no = check_fields(to_stage->required, deal.has, "stage " + to_string(to));
    if (no.is_refused()) return no;

    DealMovedT event;
    event.deal = id;
    event.from_stage = deal.stage;
    event.stage = to;
    event.probability = to_stage->probability;
    event.days_in_stage = days_between(deal.changed, on);
    event.on = on;
    return event;
}

Decision decide(const Crm& state, const TransferDeal& command, const Context& context) {
    const Id id = read(command.deal());
    const Id to = read(command.stage());
    const Date on = day_or_today(command.on(), context);
    const Id pipeline_id = read(command.pipeline());
    const PipelineKey key{pipeline_id, state.pipeline_versions.get(pipeline_id)};
    const Pipeline* pipeline = state.pipelines.find(key);

    if (pipeline == nullptr) {
        return refuse(
            Refusal::pipeline_unknown,
            "pipeline",
            to_string(pipeline_id),
            "a pipeline that was defined"
        );
    }
    if (auto no = check_open(state, id); no.is_refused()) return no;
    const Deal deal = state.deals.get(id);
    const StageRule* stage = find_stage(*pipeline, to);
    if (stage == nullptr) return stage_unknown(to, key);
    if (deal.pipeline == key) {
        return refuse(
            Refusal::deal_already_there,
            "pipeline",
            to_string(pipeline_id) + ", version " + std::to_string(key.version),
            "another pipeline, or a newer version"
        );
    }
    if (auto no = check_not_before(on, deal.changed); no.is_refused()) return no;
    auto no = check_fields(stage->required, deal.has, "stage " + to_string(to));
    if (no.is_refused()) return no;

    DealTransferredT event;
    event.deal = id;
    event.from_pipeline = deal.pipeline.pipeline;
    event.from_stage = deal.stage;
    event.pipeline = pipeline_id;
    event.pipeline_version = key.version;
    event.stage = to;
    event.probability = stage->probability;
    event.days_in_stage = days_between(deal.changed, on);
    event.on = on;
    return event;
}

Decision decide(const Crm& state, const AmendDeal& command, const Context& context) {
    const Id id = read(command.deal());
    const Date on = day_or_today(command.on(), context);
    if (auto no = check_people(state, command); no.is_refused()) return no;
    if (auto no = check_open(state, id); no.is_refused()) return no;
    const Deal deal = state.deals.get(id);
    AmendDealT given;
    command.UnPackTo(&given);
    const FieldSet set = fields_of(given);
    FieldSet cleared = 0;
    for (const DealField field : given.clear) cleared |= bit(field);

    if (set == 0 && cleared == 0) {
        return refuse(Refusal::nothing_to_amend, "", "no field", "at least one field to change");
    }
    if ((set & cleared) != 0 || (cleared & bit(DealField::none)) != 0) {
        return refuse(
            Refusal::cleared_and_set, "clear", "a field both set and cleared", "one or the other"
        );
    }
    if (auto no = check_not_before(on, deal.opened); no.is_refused()) return no;
    if (auto no = check_amount(given.amount, "amount"); no.is_refused()) return no;
    if (auto no = check_products(command.products()); no.is_refused()) return no;
    const StageRule* stage = find_stage(pipeline_of(state, deal), deal.stage);
    DAYBOOK_ASSERT(stage != nullptr);
    auto no = check_fields(
        stage->required & cleared, deal.has & ~cleared, "stage " + to_string(deal.stage)
    );
    if (no.is_refused()) return no;
    if (no = check_text(given.title, "title"); no.is_refused()) return no;
    if (no = check_quotation(state, given.quotation); no.is_refused()) return no;

    DealAmendedT event;
    event.deal = id;
    event.party = resolve(state, given.party);
    event.contact = resolve(state, given.contact);
    event.owner = resolve(state, given.owner);
    event.title = std::move(given.title);
    event.amount = given.amount;
    event.expected_close = given.expected_close;
    event.products = std::move(given.products);
    event.quotation = given.quotation;
    event.clear = std::move(given.clear);
    event.on = on;
    return event;
}

Decision decide(const Crm& state, const RaiseObjection& command, const Context& context) {
    const Id id = read(command.deal());
    const Date on = day_or_today(command.on(), context);
    if (auto no = check_id(read(command.objection()), "objection"); no.is_refused()) return no;
    if (auto no = check_text(text(command.text()), "text"); no.is_refused()) return no;
    if (auto no = check_open(state, id); no.is_refused()) return no;
    if (auto no = check_not_before(on, state.deals.get(id).opened); no.is_refused()) return no;

    return ObjectionRaisedT{{}, id, read(command.objection()), copy(command.text()), on};
}

Decision decide(const Crm& state, const NoteCompetitor& command, const Context& context) {
    const Id id = read(command.deal());
    const Id competitor = resolve(state, read(command.competitor()));
    const Date on = day_or_today(command.on(), context);
    if (auto no = check_known_party(state, competitor, "competitor"); no.is_refused()) return no;
    if (auto no = check_text(text(command.text()), "text"); no.is_refused()) return no;
    if (auto no = check_open(state, id); no.is_refused()) return no;
    if (auto no = check_not_before(on, state.deals.get(id).opened); no.is_refused()) return no;

    return CompetitorNotedT{{}, id, competitor, copy(command.text()), on};
}

Decision decide(const Crm& state, const WinDeal& command, const Context& context) {
    const Id id = read(command.deal());
    const Date on = day_or_today(command.on(), context);
    const Money given = read_or_none(command.amount());
    const Id quotation = read_or_none(command.quotation());
    const bool is_override = !text(command.override_reason()).empty();
    if (auto no = check_text(text(command.override_reason()), "override_reason"); no.is_refused()) {
        return no;
    }
    if (auto no = check_open(state, id); no.is_refused()) return no;
    const Deal deal = state.deals.get(id);
    const Pipeline& pipeline = pipeline_of(state, deal);
    const StageRule* stage = find_stage(pipeline, deal.stage);
    DAYBOOK_ASSERT(stage != nullptr);
    FieldSet has = deal.has;
    if (is_given(given)) has |= bit(DealField::amount);
    if (!quotation.is_none()) has |= bit(DealField::quotation);

    if (auto no = check_not_before(on, deal.changed); no.is_refused()) return no;
    if (auto no = check_amount(given, "amount"); no.is_refused()) return no;
    if (!given.same_currency(deal.amount)) {
        return refuse(
            Refusal::currency_differs,
            "amount",
            to_string(given),
            "an amount in the deal's currency, as " + to_string(deal.amount)
        );
    }
    if (!is_override) {
        auto no = check_fields(pipeline.won_requires, has, "winning");
        if (no.is_refused()) return no;
    }
    if (!stage->can_win && !is_override) {
        return refuse(
            Refusal::cannot_win_from_stage,
            "deal",
            "in stage " + to_string(deal.stage),
            "a stage from which deals are won, or a reason to override"
        );
    }
    if (auto no = check_quotation(state, quotation); no.is_refused()) return no;

    DealWonT event;
    event.deal = id;
    event.stage = deal.stage;
    event.amount = is_given(given) ? given : deal.amount;
    event.quotation = quotation;
    event.override_reason = copy(command.override_reason());
    event.days_in_stage = days_between(deal.changed, on);
    event.days_open = deal.days_open + event.days_in_stage;
    event.on = on;
    return event;
}

Decision decide(const Crm& state, const LoseDeal& command, const Context& context) {
    const Id id = read(command.deal());
    const Id reason = read_or_none(command.reason());
    const Id competitor = resolve(state, read_or_none(command.competitor()));
    const Date on = day_or_today(command.on(), context);
    if (!competitor.is_none()) {
        auto no = check_known_party(state, competitor, "competitor");
        if (no.is_refused()) return no;
    }
    if (auto no = check_text(text(command.note()), "note"); no.is_refused()) return no;
    if (reason.is_none()) {
        return refuse(Refusal::reason_missing, "reason", "nothing", "a reason's code");
    }
    if (auto no = check_open(state, id); no.is_refused()) return no;
    const Deal deal = state.deals.get(id);
    const std::vector<Id>& reasons = pipeline_of(state, deal).lost_reasons;
    if (auto no = check_not_before(on, deal.changed); no.is_refused()) return no;
    if (!reasons.empty() && std::ranges::find(reasons, reason) == reasons.end()) {
        return refuse(
            Refusal::reason_unknown, "reason", to_string(reason), "one of " + list_of(reasons)
        );
    }

    DealLostT event;
    event.deal = id;
    event.stage = deal.stage;
    event.amount = deal.amount;
    event.reason = reason;
    event.competitor = competitor;
    event.note = copy(command.note());
    event.days_in_stage = days_between(deal.changed, on);
    event.days_open = deal.days_open + event.days_in_stage;
    event.on = on;
    return event;
}

Decision decide(const Crm& state, const ReopenDeal& command, const Context& context) {
    const Id id = read(command.deal());
    const Date on = day_or_today(command.on(), context);
    if (auto no = check_text(text(command.reason()), "reason"); no.is_refused()) return no;
    if (auto no = check_deal(state, id); no.is_refused()) return no;
    const Deal deal = state.deals.get(id);
    const Id wanted = read_or_none(command.stage());
    const StageRule* stage =
        find_stage(pipeline_of(state, deal), wanted.is_none() ? deal.stage : wanted);

    if (stage == nullptr) return stage_unknown(wanted, deal.pipeline);
    if (deal.status == DealStatus::open) {
        return refuse(Refusal::deal_not_closed, "deal", to_string(id) + ", open", "a closed deal");
    }
    if (auto no = check_not_retracted(state, id); no.is_refused()) return no;
    if (auto no = check_not_before(on, deal.changed); no.is_refused()) return no;
    auto no = check_fields(stage->required, deal.has, "stage " + to_string(stage->stage));
    if (no.is_refused()) return no;

    DealReopenedT event;
    event.deal = id;
    event.stage = stage->stage;
    event.probability = stage->probability;
    event.reason = copy(command.reason());
    event.on = on;
    return event;
}

Decision decide(const Crm& state, const RetractDeal& command, const Context&) {
    const Id id = read(command.deal());
    if (auto no = check_text(text(command.reason()), "reason"); no.is_refused()) return no;
    if (auto no = check_deal(state, id); no.is_refused()) return no;
    if (auto no = check_not_retracted(state, id); no.is_refused()) return no;

    DealRetractedT event;
    event.deal = id;
    event.reason = copy(command.reason());
    event.on = state.deals.get(id).opened;
    return event;
}

void apply(Crm& state, const DealOpened& event) {
    Deal& deal = state.deals.at(read(event.deal()));
    DAYBOOK_ASSERT(deal.status == DealStatus::none);
    DealOpenedT fields;
    event.UnPackTo(&fields);
    deal.status = DealStatus::open;
    deal.party = fields.party;
    deal.pipeline = {fields.pipeline, fields.pipeline_version};
    deal.opened = fields.on;
    deal.amount = fields.amount;
    deal.has = fields_of(fields);
    enter(deal, fields.stage, fields.on);
    DAYBOOK_ASSERT(find_stage(pipeline_of(state, deal), deal.stage) != nullptr);
}

void apply(Crm& state, const DealMoved& event) {
    Deal& deal = state.deals.at(read(event.deal()));
    DAYBOOK_ASSERT(deal.stage == read(event.from_stage()));
    leave(deal, event.days_in_stage(), read(event.on()));
    enter(deal, read(event.stage()), read(event.on()));
}

void apply(Crm& state, const DealTransferred& event) {
    Deal& deal = state.deals.at(read(event.deal()));
    leave(deal, event.days_in_stage(), read(event.on()));
    deal.pipeline = {read(event.pipeline()), event.pipeline_version()};
    enter(deal, read(event.stage()), read(event.on()));
    DAYBOOK_ASSERT(find_stage(pipeline_of(state, deal), deal.stage) != nullptr);
}

void apply(Crm& state, const DealAmended& event) {
    Deal& deal = state.deals.at(read(event.deal()));
    DAYBOOK_ASSERT(deal.status == DealStatus::open);
    const FieldSet set = fields_of(event);
    if ((set & bit(DealField::amount)) != 0) deal.amount = read(event.amount());
    if ((set & bit(DealField::party)) != 0) deal.party = read(event.party());
    deal.has |= set;
    if (event.clear() == nullptr) return;
    for (std::uint32_t i = 0; i < event.clear()->size(); ++i) {
        const DealField field = event.clear()->Get(i);
        deal.has &= ~bit(field);
        if (field == DealField::amount) deal.amount = Money{};
        if (field == DealField::party) deal.party = Id{};
    }
}

void apply(Crm& state, const ObjectionRaised& event) {
    DAYBOOK_ASSERT(state.deals.get(read(event.deal())).status == DealStatus::open);
}

void apply(Crm& state, const CompetitorNoted& event) {
    DAYBOOK_ASSERT(state.deals.get(read(event.deal())).status == DealStatus::open);
}

void apply(Crm& state, const DealWon& event) {
    Deal& deal = state.deals.at(read(event.deal()));
    leave(deal, event.days_in_stage(), read(event.on()));
    DAYBOOK_ASSERT(deal.days_open == event.days_open());
    deal.status = DealStatus::won;
    deal.changed = read(event.on());
    deal.amount = read_or_none(event.amount());
    if (is_given(deal.amount)) deal.has |= bit(DealField::amount);
    if (!read_or_none(event.quotation()).is_none()) deal.has |= bit(DealField::quotation);
}

void apply(Crm& state, const DealLost& event) {
    Deal& deal = state.deals.at(read(event.deal()));
    leave(deal, event.days_in_stage(), read(event.on()));
    DAYBOOK_ASSERT(deal.days_open == event.days_open());
    deal.status = DealStatus::lost;
    deal.changed = read(event.on());
}

void apply(Crm& state, const DealReopened& event) {
    Deal& deal = state.deals.at(read(event.deal()));
    DAYBOOK_ASSERT(deal.status == DealStatus::won || deal.status == DealStatus::lost);
    deal.status = DealStatus::open;
    enter(deal, read(event.stage()), read(event.on()));
}

void apply(Crm& state, const DealRetracted& event) {
    Deal& deal = state.deals.at(read(event.deal()));
    DAYBOOK_ASSERT(deal.status != DealStatus::none && deal.status != DealStatus::retracted);
    deal.status = DealStatus::retracted;
}

void listen(Crm& state, const sales::QuotationAccepted& event) {
    state.accepted_quotations.at(read(event.quotation())) = true;
}

void listen(Crm& state, const sales::QuotationCancelled& event) {
    state.accepted_quotations.erase(read(event.quotation()));
}

}  // namespace daybook::crm
