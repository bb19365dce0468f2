// Refused with: a module's state has only Keyed, Sorted and Single members
#include "engine/domain/state.hpp"

struct Books {
    daybook::Keyed<int> counts;
#ifdef MUST_FAIL
    int total = 0;
#endif
};

void begin(Books& books) {
    daybook::for_each_container(books, [](auto& container) { container.begin(); });
}
