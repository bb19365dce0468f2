// Pipelines: how a deal may go. A pipeline is a graph of stages; each definition is a new version,
// and a deal follows the version that it was opened in until it is moved to another.

#include <algorithm>
#include <set>
#include <vector>

#include "engine/domain/crm/state.hpp"
#include "schemas/crm.hpp"

namespace daybook::crm {
namespace {

constexpr std::uint32_t stages_max = 50;

using Stages = flatbuffers::Vector<flatbuffers::Offset<Stage>>;
using Fields = flatbuffers::Vector<DealField>;

std::string stage_path(std::uint32_t index) {
    return "stages[" + std::to_string(index) + "]";
}

bool has_stage(const Stages& stages, const Id& wanted) {
    return std::ranges::any_of(stages, [&](const Stage* stage) {
        return read(stage->stage()) == wanted;
    });
}

Decision check_fields(const Fields* fields, const std::string& at) {
    if (fields == nullptr) return {};
    for (std::uint32_t i = 0; i < fields->size(); ++i) {
        const DealField field = fields->Get(i);
        if (field > DealField::none && field <= DealField::MAX) continue;
        return refuse(
            Refusal::required_field_unknown,
            at + "[" + std::to_string(i) + "]",
            EnumNameDealField(field),
            "a field of a deal"
        );
    }
    return {};
}

Decision check_stage(const Stages& stages, std::uint32_t index) {
    const Stage* stage = stages.Get(index);
    const std::string at = stage_path(index);
    const Id id = read(stage->stage());
    const Rate probability = read_or_none(stage->probability());

    if (auto no = check_id(id, at + ".stage"); no.is_refused()) return no;
    for (std::uint32_t earlier = 0; earlier < index; ++earlier) {
        if (read(stages.Get(earlier)->stage()) != id) continue;
        return refuse(Refusal::stage_repeated, at + ".stage", to_string(id), "each stage once");
    }
    if (stage->next() != nullptr) {
        for (const auto* next : *stage->next()) {
            if (has_stage(stages, read(*next))) continue;
            return refuse(
                Refusal::stage_unknown,
                at + ".next",
                to_string(read(*next)),
                "a stage of the pipeline"
            );
        }
    }
    if (probability.is_negative() || probability.ppm() > Rate::one_ppm) {
        return refuse(
            Refusal::probability_out_of_range,
            at + ".probability",
            to_string(probability),
            "from 0% to 100%"
        );
    }
    return check_fields(stage->required_fields(), at + ".required_fields");
}

// Every stage can be reached from the first one.
Decision check_reachable(const Stages& stages) {
    std::set<Id> reached;
    std::vector<Id> open{read(stages.Get(0)->stage())};
    while (!open.empty()) {
        const Id id = open.back();
        open.pop_back();
        if (!reached.insert(id).second) continue;
        for (const Stage* stage : stages) {
            if (read(stage->stage()) != id || stage->next() == nullptr) continue;
            for (const auto* next : *stage->next()) open.push_back(read(*next));
        }
    }
    for (std::uint32_t i = 0; i < stages.size(); ++i) {
        const Id id = read(stages.Get(i)->stage());
        if (reached.contains(id)) continue;
        return refuse(
            Refusal::stage_not_reachable,
            stage_path(i),
            to_string(id),
            "a stage that some path from the first one leads to"
        );
    }
    return {};
}

FieldSet fields_of(const Fields* fields) {
    FieldSet set = 0;
    if (fields == nullptr) return set;
    for (std::uint32_t i = 0; i < fields->size(); ++i) set |= bit(fields->Get(i));
    return set;
}

std::vector<Id> ids_of(const flatbuffers::Vector<const wire::Id*>* ids) {
    std::vector<Id> list;
    if (ids == nullptr) return list;
    for (const auto* id : *ids) list.push_back(read(*id));
    return list;
}

}  // namespace

Decision decide(const Crm& state, const DefinePipeline& command, const Context& context) {
    const Id pipeline = read(command.pipeline());
    const Stages& stages = *command.stages();
    if (auto no = check_id(pipeline, "pipeline"); no.is_refused()) return no;
    if (stages.size() == 0) {
        return refuse(Refusal::stages_missing, "stages", "none", "at least one stage");
    }
    if (stages.size() > stages_max) {
        return refuse(
            Refusal::too_many_stages,
            "stages",
            std::to_string(stages.size()),
            "at most " + std::to_string(stages_max)
        );
    }
    for (std::uint32_t i = 0; i < stages.size(); ++i) {
        if (auto no = check_stage(stages, i); no.is_refused()) return no;
    }
    if (auto no = check_fields(command.won_requires(), "won_requires"); no.is_refused()) return no;
    if (auto no = check_reachable(stages); no.is_refused()) return no;

    DefinePipelineT given;
    command.UnPackTo(&given);
    PipelineDefinedT event;
    event.pipeline = pipeline;
    event.version = state.pipeline_versions.get(pipeline) + 1;
    event.name = std::move(given.name);
    event.stages = std::move(given.stages);
    event.won_requires = std::move(given.won_requires);
    event.lost_reasons = std::move(given.lost_reasons);
    event.on = day_or_today(command.on(), context);
    return event;
}

void apply(Crm& state, const PipelineDefined& event) {
    const PipelineKey key{read(event.pipeline()), event.version()};
    DAYBOOK_ASSERT(key.version == state.pipeline_versions.get(key.pipeline) + 1);
    state.pipeline_versions.at(key.pipeline) = key.version;

    Pipeline& pipeline = state.pipelines.at(key);
    for (const Stage* stage : *event.stages()) {
        pipeline.stages.push_back(StageRule{
            .stage = read(stage->stage()),
            .probability = read_or_none(stage->probability()),
            .required = fields_of(stage->required_fields()),
            .next = ids_of(stage->next()),
            .can_win = !stage->cannot_win()});
    }
    pipeline.won_requires = fields_of(event.won_requires());
    pipeline.lost_reasons = ids_of(event.lost_reasons());
    DAYBOOK_ASSERT(!pipeline.stages.empty());
}

}  // namespace daybook::crm
