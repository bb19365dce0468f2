// Deals and parties as they stood: the facts effective by a day, among the events known by a
// position, folded in the order in which they were learnt.

#include <algorithm>
#include <set>
#include <utility>

#include "projections/crm/reports.hpp"

namespace daybook::crm {
namespace {

constexpr std::uint32_t bit(DealField field) {
    return std::uint32_t{1} << static_cast<unsigned>(field);
}

bool counts(const ReportRequest& request, Date on, std::uint64_t position) {
    return on <= request.as_of && position < request.known_at;
}

void leave(DealAsOf& deal, Date on) {
    if (!deal.stays.empty() && deal.stays.back().left.is_none()) deal.stays.back().left = on;
}

void enter(DealAsOf& deal, const DealStepRow& step) {
    leave(deal, step.on);
    deal.state = DealState::open;
    deal.closed_on = Date{};
    deal.reason = Id{};
    deal.stage = step.stage;
    deal.probability = step.probability;
    deal.stays.push_back(
        {.pipeline = deal.pipeline,
         .pipeline_version = deal.pipeline_version,
         .stage = step.stage,
         .entered = step.on,
         .position = step.position}
    );
}

void amend(DealAsOf& deal, const DealStepRow& step) {
    if (!step.party.is_none()) deal.party = step.party;
    if (!step.owner.is_none()) deal.owner = step.owner;
    if (step.amount.currency() != Currency::none) deal.amount = step.amount;
    if (!step.products.empty()) deal.products = step.products;
    if (!step.source.empty()) deal.source = step.source;
    if ((step.cleared & bit(DealField::party)) != 0) deal.party = Id{};
    if ((step.cleared & bit(DealField::owner)) != 0) deal.owner = Id{};
    if ((step.cleared & bit(DealField::amount)) != 0) deal.amount = Money{};
    if ((step.cleared & bit(DealField::products)) != 0) deal.products.clear();
    if ((step.cleared & bit(DealField::source)) != 0) deal.source.clear();
}

void close(DealAsOf& deal, const DealStepRow& step, DealState state) {
    leave(deal, step.on);
    deal.state = state;
    deal.closed_on = step.on;
    deal.reason = step.reason;
}

void fold(DealAsOf& deal, const DealStepRow& step) {
    deal.positions.push_back(step.position);
    switch (step.step) {
        case DealStep::opened:
            deal.deal = step.deal;
            deal.opened_on = step.on;
            [[fallthrough]];
        case DealStep::transferred:
            deal.pipeline = step.pipeline;
            deal.pipeline_version = step.pipeline_version;
            amend(deal, step);
            enter(deal, step);
            break;
        case DealStep::moved:
        case DealStep::reopened: enter(deal, step); break;
        case DealStep::amended: amend(deal, step); break;
        case DealStep::won:
            amend(deal, step);
            close(deal, step, DealState::won);
            break;
        case DealStep::lost: close(deal, step, DealState::lost); break;
        case DealStep::retracted: deal = DealAsOf{}; break;
    }
}

void change(PartyRow& row, EventBytes bytes) {
    const auto* record = flatbuffers::GetRoot<EventRecord>(payload_of(bytes).data());
    switch (record->event_type()) {
        case Event::PartyRegistered: change(row, *record->event_as_PartyRegistered()); break;
        case Event::PartyAmended: change(row, *record->event_as_PartyAmended()); break;
        case Event::PartyDeactivated: row.is_active = false; break;
        case Event::PartyReactivated: row.is_active = true; break;
        case Event::PartiesMerged:
            row.merged_into = read(record->event_as_PartiesMerged()->into());
            break;
        case Event::PartiesUnmerged: row.merged_into = Id{}; break;
        default: break;
    }
}

}  // namespace

void for_each_deal(
    const Query& query,
    const ReportRequest& request,
    const std::function<void(const DealAsOf&)>& use
) {
    DealAsOf deal;
    const auto finish = [&] {
        if (!deal.deal.is_none()) use(deal);
        deal = DealAsOf{};
    };
    Id current;
    query.scan<deal_stage_history>([&](const DealStepRow& step) {
        if (step.deal != current) finish();
        current = step.deal;
        if (counts(request, step.on, step.position)) fold(deal, step);
    });
    finish();
}

void for_each_open_deal(
    const Query& query,
    const ReportRequest& request,
    const std::function<void(const DealAsOf&)>& use
) {
    std::set<Id> candidates;
    const auto add = [&](const auto& row) { candidates.insert(row.deal); };
    query.scan<open_deals>(add);
    if (request.as_of < date_max) {
        query.scan_between<closings>(
            std::tuple{request.as_of.plus_days(1)}, std::tuple{date_max.plus_days(1)}, add
        );
    }
    if (request.known_at < query.position()) {
        query.scan_between<closings_by_position>(
            std::tuple{request.known_at}, std::tuple{query.position()}, add
        );
    }
    for (const Id& candidate : candidates) {
        const auto deal = deal_as_of(query, request, candidate);
        if (deal && deal->state == DealState::open) use(*deal);
    }
}

void for_each_closed_deal(
    const Query& query,
    const ReportRequest& request,
    const std::pair<Date, Date>& from_and_to,
    const std::function<void(const DealAsOf&)>& use
) {
    const auto& [from, to] = from_and_to;
    std::set<Id> candidates;
    query.scan_between<closings>(
        std::tuple{from},
        std::tuple{std::min(to, request.as_of).plus_days(1)},
        [&](const ClosingRow& row) {
            if (row.position < request.known_at) candidates.insert(row.deal);
        }
    );
    for (const Id& candidate : candidates) {
        const auto deal = deal_as_of(query, request, candidate);
        if (!deal || deal->state == DealState::open) continue;
        if (deal->closed_on >= from && deal->closed_on <= to) use(*deal);
    }
}

std::optional<DealAsOf> deal_as_of(
    const Query& query, const ReportRequest& request, const Id& deal
) {
    DealAsOf folded;
    query.scan<deal_stage_history>(deal, [&](const DealStepRow& step) {
        if (counts(request, step.on, step.position)) fold(folded, step);
    });
    if (folded.deal.is_none()) return std::nullopt;
    return folded;
}

Result<std::optional<PartyRow>> party_as_of(
    const Query& query, const ReportRequest& request, const PartyRow& present
) {
    if (counts(request, present.changed_on, present.changed_at)) return std::optional{present};
    if (!counts(request, present.registered_on, present.registered_at)) {
        return std::optional<PartyRow>{};
    }
    std::vector<std::uint64_t> positions;
    query.scan<party_changes>(present.party, [&](const PartyChangeRow& row) {
        if (counts(request, row.on, row.position)) positions.push_back(row.position);
    });
    PartyRow row;
    row.party = present.party;
    for (const std::uint64_t position : positions) {
        DAYBOOK_TRY(const EventBytes event, query.event(position));
        change(row, event);
    }
    return std::optional{row};
}

StageOrder::StageOrder(const Query& query) {
    // Versions come in ascending order, so the newest one that has a stage is the last to speak.
    query.scan<pipeline_stages>([this](const PipelineStageRow& row) {
        places_[{row.pipeline, row.stage}] = {row.number, row.name};
    });
}

std::uint32_t StageOrder::number(const Id& pipeline, const Id& stage) const {
    const auto found = places_.find({pipeline, stage});
    return found == places_.end() ? UINT32_MAX : found->second.first;
}

std::string StageOrder::name(const Id& pipeline, const Id& stage) const {
    const auto found = places_.find({pipeline, stage});
    const bool has_name = found != places_.end() && !found->second.second.empty();
    return has_name ? found->second.second : to_string(stage);
}

std::string period_of(Date day, std::string_view by) {
    if (by == "all") return "all";
    const std::string text = to_string(day);
    if (by == "year") return text.substr(0, 4);
    if (by == "quarter") return text.substr(0, 4) + "-Q" + std::to_string((day.month() + 2) / 3);
    return text.substr(0, 7);
}

Rate share_of(std::uint64_t part, std::uint64_t whole) {
    if (whole == 0) return {};
    // To a hundredth of a percent, which is what people read.
    const std::uint64_t hundredths = (part * 10'000 + whole / 2) / whole;
    return Rate::from_ppm(static_cast<std::int64_t>(hundredths * 100));
}

void sort_unique(std::vector<std::uint64_t>& positions) {
    std::ranges::sort(positions);
    positions.erase(std::unique(positions.begin(), positions.end()), positions.end());
}

}  // namespace daybook::crm
