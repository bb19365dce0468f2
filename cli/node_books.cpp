#include "cli/node_books.hpp"

#include <algorithm>

namespace daybook::cli {

void NodeBooks::begin(NodeBook& book) {
    book.start(url_);
    book.set_named(std::ranges::find(named_, book.name()) != named_.end());
}

void NodeBooks::add(NodeBook& book) {
    const std::scoped_lock lock{mutex_};
    books_.push_back(&book);
    if (!url_.empty() && !is_stopped_) begin(book);
}

void NodeBooks::start(const std::string& url) {
    const std::scoped_lock lock{mutex_};
    url_ = url;
    for (NodeBook* const book : books_) begin(*book);
}

void NodeBooks::set_named(const std::vector<std::string>& names) {
    const std::scoped_lock lock{mutex_};
    named_ = names;
    for (NodeBook* const book : books_) {
        book->set_named(std::ranges::find(names, book->name()) != names.end());
    }
}

void NodeBooks::stop() {
    {
        const std::scoped_lock lock{mutex_};
        is_stopped_ = true;
    }
    for (NodeBook* const book : all()) book->stop();
}

bool NodeBooks::has(const std::string& name) const {
    const std::scoped_lock lock{mutex_};
    return std::ranges::any_of(books_, [&](NodeBook* book) { return book->name() == name; });
}

std::vector<NodeBook*> NodeBooks::all() const {
    const std::scoped_lock lock{mutex_};
    return books_;
}

}  // namespace daybook::cli
