#include "engine/domain/cost/covered.hpp"

#include <algorithm>
#include <utility>

namespace daybook::cost {

std::int64_t Covered::of(Moment later_issue) const {
    const auto found = std::ranges::lower_bound(parts, later_issue, {}, &Part::issue);
    return found == parts.end() || found->issue != later_issue ? 0 : found->quantity;
}

void Covered::cover(Moment later_issue, std::int64_t more) {
    auto found = std::ranges::lower_bound(parts, later_issue, {}, &Part::issue);
    if (found == parts.end() || found->issue != later_issue) {
        found = parts.insert(found, {later_issue});
    }
    found->quantity += more;
}

void Covered::pass(Moment first) {
    issue = first.next();
    std::erase_if(parts, [&](const Part& one) { return one.issue == first; });
}

Covered CoveredMarks::at_or_before(Moment moment) const {
    if (!shared_) return {};
    const std::vector<Covered>& marks = shared_->marks;
    const auto behind = std::ranges::upper_bound(marks, moment, {}, &Covered::before);
    return behind == marks.begin() ? Covered{} : *std::prev(behind);
}

Moment CoveredMarks::last_untouched(Moment issue) const {
    if (!shared_) return {};
    const auto is_touched = [&](const Covered& mark) {
        return mark.before > issue && (mark.issue > issue || mark.of(issue) > 0);
    };
    const auto last = std::ranges::find_if(shared_->marks, is_touched);
    return last == shared_->marks.begin() ? Moment{} : std::prev(last)->before;
}

void CoveredMarks::add(Covered covered) {
    std::vector<Covered> marks;
    marks.reserve(marks_max + 1);
    if (shared_) marks = shared_->marks;
    const auto place = std::ranges::lower_bound(marks, covered.before, {}, &Covered::before);
    if (place != marks.end() && place->before == covered.before) return;
    marks.insert(place, std::move(covered));
    if (marks.size() > marks_max) {
        // Every second one of the older half goes, and again when it is full again.
        std::size_t number = 0;
        const auto is_spare = [&](const Covered&) {
            ++number;
            return number <= marks_max / 2 && number % 2 == 1;
        };
        std::erase_if(marks, is_spare);
    }
    hold(std::move(marks));
}

void CoveredMarks::forget_behind(Moment moment) {
    if (!shared_ || shared_->marks.back().before <= moment) return;
    const std::vector<Covered>& marks = shared_->marks;
    const auto behind = std::ranges::upper_bound(marks, moment, {}, &Covered::before);
    if (behind == marks.begin()) {
        shared_.reset();
    } else {
        hold({marks.begin(), behind});
    }
}

void CoveredMarks::hold(std::vector<Covered> marks) {
    auto shared = std::make_unique<Shared>();
    shared->marks = std::move(marks);
    shared_ = boost::intrusive_ptr<Shared>{shared.release()};
}

}  // namespace daybook::cost
