// How much was where at every moment: for each place the sums of its days.

#include "engine/domain/inventory/quantities.hpp"

#include <algorithm>

#include "engine/base/assert.hpp"

namespace daybook::inventory {

std::size_t QuantityCurve::first_from(const DayRank& at) const {
    if (days_.empty() || days_.back().at < at) return days_.size();
    if (days_.back().at == at) return days_.size() - 1;
    const auto found = std::ranges::lower_bound(days_, at, {}, &DayTotal::at);
    return static_cast<std::size_t>(found - days_.begin());
}

// The sum of the entries before this one.
std::int64_t QuantityCurve::sum_before(std::size_t index) const {
    if (index * 2 > days_.size()) {
        std::int64_t sum = total_;
        std::size_t at = days_.size();
        const std::size_t first_whole = (index + chunk_days - 1) / chunk_days;
        for (std::size_t chunk = chunks_.size(); chunk > first_whole; --chunk) {
            sum -= chunks_[chunk - 1].sum;
            at = (chunk - 1) * chunk_days;
        }
        for (; at > index; --at) sum -= days_[at - 1].sum;
        return sum;
    }
    std::int64_t sum = 0;
    for (std::size_t chunk = 0; chunk < index / chunk_days; ++chunk) sum += chunks_[chunk].sum;
    for (std::size_t at = index / chunk_days * chunk_days; at < index; ++at) sum += days_[at].sum;
    return sum;
}

std::int64_t QuantityCurve::before(const DayRank& at, bool inclusive) const {
    std::size_t index = first_from(at);
    if (inclusive && index < days_.size() && days_[index].at == at) ++index;
    return sum_before(index);
}

std::optional<QuantityCurve::Short> QuantityCurve::first_short(
    const DayRank& from, std::int64_t needed
) const {
    std::size_t index = first_from(from);
    if (index < days_.size() && days_[index].at == from) ++index;
    std::int64_t running = sum_before(index);
    if (running < needed) return Short{from.day, running};
    while (index < days_.size()) {
        if (index % chunk_days == 0) {
            const Chunk& chunk = chunks_[index / chunk_days];
            if (running + chunk.lowest >= needed) {
                running += chunk.sum;
                index += chunk_days;
                continue;
            }
        }
        const DayTotal& day = days_[index];
        if (running + day.lowest < needed) return Short{day.at.day, running + day.lowest};
        running += day.sum;
        ++index;
    }
    return std::nullopt;
}

std::int64_t QuantityCurve::lowest_from(const DayRank& from) const {
    std::size_t index = first_from(from);
    if (index < days_.size() && days_[index].at == from) ++index;
    std::int64_t running = sum_before(index);
    std::int64_t lowest = running;
    while (index < days_.size()) {
        if (index % chunk_days == 0) {
            const Chunk& chunk = chunks_[index / chunk_days];
            lowest = std::min(lowest, running + chunk.lowest);
            running += chunk.sum;
            index += chunk_days;
            continue;
        }
        lowest = std::min(lowest, running + days_[index].lowest);
        running += days_[index].sum;
        ++index;
    }
    return lowest;
}

void QuantityCurve::add(const DayRank& at, std::int64_t change) {
    const std::size_t index = first_from(at);
    if (index == days_.size() || days_[index].at != at) {
        days_.insert(
            days_.begin() + static_cast<std::ptrdiff_t>(index),
            {at, change, std::min<std::int64_t>(change, 0)}
        );
        total_ += change;
        recount(index);
        return;
    }
    DayTotal& day = days_[index];
    day.sum += change;
    day.lowest = std::min(day.lowest, day.sum);
    total_ += change;
    Chunk& chunk = chunks_[index / chunk_days];
    if (index + 1 == days_.size()) {
        chunk.sum += change;
        chunk.lowest = std::min(chunk.lowest, chunk.sum);
    } else {
        recount(index);
    }
}

std::optional<QuantityCurve::DayTotal> QuantityCurve::entry(const DayRank& at) const {
    const std::size_t index = first_from(at);
    if (index == days_.size() || days_[index].at != at) return std::nullopt;
    return days_[index];
}

void QuantityCurve::restore(const DayRank& at, const std::optional<DayTotal>& before) {
    const std::size_t index = first_from(at);
    DAYBOOK_ASSERT(index < days_.size());
    DAYBOOK_ASSERT(days_[index].at == at);
    total_ += (before ? before->sum : 0) - days_[index].sum;
    if (before) {
        days_[index] = *before;
    } else {
        days_.erase(days_.begin() + static_cast<std::ptrdiff_t>(index));
    }
    recount(index);
}

void QuantityCurve::load(std::vector<DayTotal> days) {
    days_ = std::move(days);
    total_ = 0;
    for (const DayTotal& day : days_) total_ += day.sum;
    recount(0);
}

// The chunks from the one of this entry on.
void QuantityCurve::recount(std::size_t from) {
    const std::size_t first = from / chunk_days;
    chunks_.resize((days_.size() + chunk_days - 1) / chunk_days);
    for (std::size_t at = first; at < chunks_.size(); ++at) {
        Chunk chunk;
        const std::size_t end = std::min((at + 1) * chunk_days, days_.size());
        for (std::size_t i = at * chunk_days; i < end; ++i) {
            chunk.lowest = std::min(chunk.lowest, chunk.sum + days_[i].lowest);
            chunk.sum += days_[i].sum;
        }
        chunks_[at] = chunk;
    }
}

void Quantities::add(std::uint32_t place, const DayRank& at, std::int64_t change) {
    if (place >= curves_.size()) curves_.resize(place + std::size_t{1});
    QuantityCurve& curve = curves_[place];
    if (noting_) noted_.push_back({place, at, curve.entry(at)});
    curve.add(at, change);
}

void Quantities::begin() {
    DAYBOOK_ASSERT(!noting_);
    noting_ = true;
    count_before_ = curves_.size();
}

void Quantities::commit() {
    noting_ = false;
    noted_.clear();
}

void Quantities::rollback() {
    noting_ = false;
    for (auto noted = noted_.rbegin(); noted != noted_.rend(); ++noted) {
        curves_[noted->place].restore(noted->at, noted->before);
    }
    noted_.clear();
    curves_.resize(count_before_);
}

void Quantities::save(Packer& packer) const {
    packer.put(static_cast<std::uint32_t>(curves_.size()));
    for (const QuantityCurve& curve : curves_) packer.put(curve.days());
}

void Quantities::load(Unpacker& unpacker) {
    curves_.clear();
    for (auto left = unpacker.next<std::uint32_t>(); left > 0 && unpacker.is_whole(); --left) {
        curves_.emplace_back().load(unpacker.next<std::vector<QuantityCurve::DayTotal>>());
    }
}

}  // namespace daybook::inventory
