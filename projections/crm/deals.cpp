// Pipelines and deals as rows: where each deal stands, and every step that brought it there.

#include "projections/crm/tables.hpp"

namespace daybook::crm {
namespace {

std::vector<DealProduct> products_of(
    const flatbuffers::Vector<flatbuffers::Offset<Product>>* products
) {
    std::vector<DealProduct> list;
    if (products == nullptr) return list;
    for (const Product* product : *products) {
        list.push_back(
            {read(product->item()),
             read_or_none(product->quantity()),
             read_or_none(product->amount())}
        );
    }
    return list;
}

// The fields that every step has.
DealStepRow step_of(DealStep step, const Id& deal, Date on, const EventHeader& header) {
    DealStepRow row;
    row.deal = deal;
    row.position = header.position();
    row.on = on;
    row.step = step;
    return row;
}

void note(ActivityRows& rows, const DealRow& deal, const ActivityRow& activity) {
    ActivityRow row = activity;
    row.employee = deal.owner;
    row.document = deal.deal;
    row.amount = deal.amount;
    rows.put(std::move(row));
}

void clear(DealRow& row, DealField field) {
    switch (field) {
        case DealField::party: row.party = Id{}; break;
        case DealField::amount: row.amount = Money{}; break;
        case DealField::expected_close: row.expected_close = Date{}; break;
        case DealField::owner: row.owner = Id{}; break;
        case DealField::contact: row.contact = Id{}; break;
        case DealField::products: row.products.clear(); break;
        case DealField::title: row.title.clear(); break;
        case DealField::source: row.source.clear(); break;
        case DealField::quotation: row.quotation = Id{}; break;
        case DealField::none: break;
    }
}

}  // namespace

const char* name_of(DealState state) {
    switch (state) {
        case DealState::open: return "open";
        case DealState::won: return "won";
        case DealState::lost: return "lost";
        case DealState::retracted: return "retracted";
    }
    return "";
}

const char* name_of(DealStep step) {
    switch (step) {
        case DealStep::opened: return "opened";
        case DealStep::moved: return "moved";
        case DealStep::transferred: return "transferred";
        case DealStep::amended: return "amended";
        case DealStep::won: return "won";
        case DealStep::lost: return "lost";
        case DealStep::reopened: return "reopened";
        case DealStep::retracted: return "retracted";
    }
    return "";
}

const char* name_of(RemarkKind kind) {
    return kind == RemarkKind::objection ? "objection" : "competitor";
}

void project(Rows<PipelineStageRow>& rows, const PipelineDefined& event) {
    for (std::uint16_t number = 0; number < event.stages()->size(); ++number) {
        const Stage* stage = event.stages()->Get(number);
        rows.put(
            {.pipeline = read(event.pipeline()),
             .version = event.version(),
             .number = number,
             .stage = read(stage->stage()),
             .name = copy(stage->name()),
             .probability = read_or_none(stage->probability())}
        );
    }
}

void project(Rows<DealOpeningRow>& rows, const DealOpened& event, const EventHeader& header) {
    rows.put(
        {.pipeline = read(event.pipeline()),
         .on = read(event.on()),
         .deal = read(event.deal()),
         .position = header.position()}
    );
}

void project(Rows<DealRemarkRow>& rows, const ObjectionRaised& event, const EventHeader& header) {
    rows.put(
        {.deal = read(event.deal()),
         .position = header.position(),
         .kind = RemarkKind::objection,
         .code = read(event.objection()),
         .on = read(event.on()),
         .text = copy(event.text())}
    );
}

void project(Rows<DealRemarkRow>& rows, const CompetitorNoted& event, const EventHeader& header) {
    rows.put(
        {.deal = read(event.deal()),
         .position = header.position(),
         .kind = RemarkKind::competitor,
         .code = read(event.competitor()),
         .on = read(event.on()),
         .text = copy(event.text())}
    );
}

void project(
    DealRows& rows, DealStepRows& steps, const DealOpened& event, const EventHeader& header
) {
    DealRow& row = rows.at(read(event.deal()));
    row.party = read_or_none(event.party());
    row.contact = read_or_none(event.contact());
    row.owner = read_or_none(event.owner());
    row.pipeline = read(event.pipeline());
    row.pipeline_version = event.pipeline_version();
    row.stage = read(event.stage());
    row.probability = read_or_none(event.probability());
    row.title = copy(event.title());
    row.amount = read_or_none(event.amount());
    row.expected_close = read_or_none(event.expected_close());
    row.opened_on = read(event.on());
    row.changed_on = row.opened_on;
    row.source = event.touch() == nullptr ? std::string{} : copy(event.touch()->source());
    row.lead = read_or_none(event.lead());
    row.products = products_of(event.products());

    DealStepRow step = step_of(DealStep::opened, row.deal, row.opened_on, header);
    step.pipeline = row.pipeline;
    step.pipeline_version = row.pipeline_version;
    step.stage = row.stage;
    step.probability = row.probability;
    step.party = row.party;
    step.owner = row.owner;
    step.amount = row.amount;
    step.source = row.source;
    step.products = row.products;
    steps.put(std::move(step));
}

void project(
    DealRows& rows, DealStepRows& steps, const DealMoved& event, const EventHeader& header
) {
    DealRow& row = rows.at(read(event.deal()));
    row.stage = read(event.stage());
    row.probability = read_or_none(event.probability());
    row.changed_on = read(event.on());

    DealStepRow step = step_of(DealStep::moved, row.deal, row.changed_on, header);
    step.stage = row.stage;
    step.probability = row.probability;
    step.days_in_stage = event.days_in_stage();
    steps.put(std::move(step));
}

void project(
    DealRows& rows, DealStepRows& steps, const DealTransferred& event, const EventHeader& header
) {
    DealRow& row = rows.at(read(event.deal()));
    row.pipeline = read(event.pipeline());
    row.pipeline_version = event.pipeline_version();
    row.stage = read(event.stage());
    row.probability = read_or_none(event.probability());
    row.changed_on = read(event.on());

    DealStepRow step = step_of(DealStep::transferred, row.deal, row.changed_on, header);
    step.pipeline = row.pipeline;
    step.pipeline_version = row.pipeline_version;
    step.stage = row.stage;
    step.probability = row.probability;
    step.days_in_stage = event.days_in_stage();
    steps.put(std::move(step));
}

void project(
    DealRows& rows, DealStepRows& steps, const DealAmended& event, const EventHeader& header
) {
    DealRow& row = rows.at(read(event.deal()));
    DealStepRow step = step_of(DealStep::amended, row.deal, read(event.on()), header);
    step.party = read_or_none(event.party());
    step.owner = read_or_none(event.owner());
    step.amount = read_or_none(event.amount());
    step.products = products_of(event.products());

    const Id contact = read_or_none(event.contact());
    const Id quotation = read_or_none(event.quotation());
    const Date expected_close = read_or_none(event.expected_close());
    if (!step.party.is_none()) row.party = step.party;
    if (!step.owner.is_none()) row.owner = step.owner;
    if (step.amount.currency() != Currency::none) row.amount = step.amount;
    if (!step.products.empty()) row.products = step.products;
    if (!contact.is_none()) row.contact = contact;
    if (!quotation.is_none()) row.quotation = quotation;
    if (!expected_close.is_none()) row.expected_close = expected_close;
    if (!text(event.title()).empty()) row.title = copy(event.title());
    if (event.clear() != nullptr) {
        for (std::uint32_t i = 0; i < event.clear()->size(); ++i) {
            clear(row, event.clear()->Get(i));
            step.cleared |= std::uint32_t{1} << static_cast<unsigned>(event.clear()->Get(i));
        }
    }
    steps.put(std::move(step));
}

void project(DealRows& rows, DealStepRows& steps, const DealWon& event, const EventHeader& header) {
    DealRow& row = rows.at(read(event.deal()));
    row.state = DealState::won;
    row.amount = read_or_none(event.amount());
    row.changed_on = read(event.on());
    row.days_open = event.days_open();
    row.reason = Id{};
    const Id quotation = read_or_none(event.quotation());
    if (!quotation.is_none()) row.quotation = quotation;

    DealStepRow step = step_of(DealStep::won, row.deal, row.changed_on, header);
    step.amount = row.amount;
    step.days_in_stage = event.days_in_stage();
    steps.put(std::move(step));
}

void project(
    DealRows& rows, DealStepRows& steps, const DealLost& event, const EventHeader& header
) {
    DealRow& row = rows.at(read(event.deal()));
    row.state = DealState::lost;
    row.changed_on = read(event.on());
    row.days_open = event.days_open();
    row.reason = read(event.reason());
    row.competitor = read_or_none(event.competitor());

    DealStepRow step = step_of(DealStep::lost, row.deal, row.changed_on, header);
    step.reason = row.reason;
    step.days_in_stage = event.days_in_stage();
    steps.put(std::move(step));
}

void project(
    DealRows& rows, DealStepRows& steps, const DealReopened& event, const EventHeader& header
) {
    DealRow& row = rows.at(read(event.deal()));
    row.state = DealState::open;
    row.stage = read(event.stage());
    row.probability = read_or_none(event.probability());
    row.changed_on = read(event.on());
    row.days_open = 0;
    row.reason = Id{};
    row.competitor = Id{};

    DealStepRow step = step_of(DealStep::reopened, row.deal, row.changed_on, header);
    step.stage = row.stage;
    step.probability = row.probability;
    steps.put(std::move(step));
}

void project(
    DealRows& rows, DealStepRows& steps, const DealRetracted& event, const EventHeader& header
) {
    rows.at(read(event.deal())).state = DealState::retracted;
    steps.put(step_of(DealStep::retracted, read(event.deal()), read(event.on()), header));
}

void project(Rows<OpenDealRow>& rows, const DealOpened& event) {
    rows.put({read(event.deal())});
}
void project(Rows<OpenDealRow>& rows, const DealWon& event) {
    rows.erase(read(event.deal()));
}
void project(Rows<OpenDealRow>& rows, const DealLost& event) {
    rows.erase(read(event.deal()));
}
void project(Rows<OpenDealRow>& rows, const DealReopened& event) {
    rows.put({read(event.deal())});
}

void project(Rows<OpenDealRow>& rows, const DealRetracted& event) {
    rows.erase(read(event.deal()));
}

void project(
    Rows<ClosingRow>& by_day,
    Rows<ClosingPositionRow>& by_position,
    const DealWon& event,
    const EventHeader& header
) {
    by_day.put({read(event.on()), header.position(), read(event.deal())});
    by_position.put({header.position(), read(event.deal())});
}
void project(
    Rows<ClosingRow>& by_day,
    Rows<ClosingPositionRow>& by_position,
    const DealLost& event,
    const EventHeader& header
) {
    by_day.put({read(event.on()), header.position(), read(event.deal())});
    by_position.put({header.position(), read(event.deal())});
}

void project(
    Rows<ClosingPositionRow>& by_position, const DealRetracted& event, const EventHeader& header
) {
    by_position.put({header.position(), read(event.deal())});
}

void project(
    DealRows& rows, ActivityRows& done, const DealOpened& event, const EventHeader& header
) {
    const DealRow* deal = rows.find(read(event.deal()));
    DAYBOOK_ASSERT(deal != nullptr);
    note(done, *deal, {read(event.on()), header.position(), ActivityKind::deal_opened});
}

void project(DealRows& rows, ActivityRows& done, const DealWon& event, const EventHeader& header) {
    const DealRow* deal = rows.find(read(event.deal()));
    DAYBOOK_ASSERT(deal != nullptr);
    note(done, *deal, {read(event.on()), header.position(), ActivityKind::deal_won});
}

void project(DealRows& rows, ActivityRows& done, const DealLost& event, const EventHeader& header) {
    const DealRow* deal = rows.find(read(event.deal()));
    DAYBOOK_ASSERT(deal != nullptr);
    note(done, *deal, {read(event.on()), header.position(), ActivityKind::deal_lost});
}

// What was retracted stays for those who ask what was known before.
void project(
    DealStepRows& steps, ActivityRows& done, const DealRetracted& event, const EventHeader& header
) {
    steps.scan(read(event.deal()), [&](const DealStepRow& step) {
        const bool is_activity = step.step == DealStep::opened || step.step == DealStep::won ||
                                 step.step == DealStep::lost;
        if (is_activity) done.at(step.on, step.position).retracted_at = header.position();
    });
}

}  // namespace daybook::crm
