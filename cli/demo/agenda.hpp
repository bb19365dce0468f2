// What is still to be done, and when: tasks by day, in the order in which they were noted.
#pragma once

#include <deque>
#include <functional>
#include <map>

#include "engine/base/date.hpp"

namespace daybook::demo {

class Agenda {
 public:
    using Task = std::function<Result<void>(Date day)>;

    void note(Date day, Task task) { tasks_[day].push_back(std::move(task)); }
    // Does everything noted for this day or earlier, also what is noted meanwhile.
    [[nodiscard]] Result<void> work_off(Date day) {
        while (!tasks_.empty() && tasks_.begin()->first <= day) {
            const Task task = std::move(tasks_.begin()->second.front());
            tasks_.begin()->second.pop_front();
            if (tasks_.begin()->second.empty()) tasks_.erase(tasks_.begin());
            DAYBOOK_TRY_VOID(task(day));
        }
        return {};
    }

 private:
    std::map<Date, std::deque<Task>> tasks_;
};

}  // namespace daybook::demo
