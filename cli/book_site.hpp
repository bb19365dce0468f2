// The books of one server, and what is said of all of them.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "connectors/http/books.hpp"

namespace daybook::cli {

class BookSite final : public http::Site {
 public:
    static constexpr std::size_t books_max = 10'000;

    BookSite();
    // Any thread. `conflict` for a second book of the same name, too_large for more than books_max.
    [[nodiscard]] Result<void> add(std::unique_ptr<http::ServedBook> book);

    [[nodiscard]] std::span<const std::unique_ptr<http::ServedBook>> books() const override {
        return std::span{books_}.first(count_);
    }
    [[nodiscard]] std::span<const http::ReportDescription> reports() const override {
        return reports_;
    }
    [[nodiscard]] Result<void> ready() const override;
    void append_metrics(http::MetricsText& text) const override;

 private:
    using Places = std::vector<std::unique_ptr<http::ServedBook>>;

    std::mutex adding_;
    Places books_;                        // books_max places, so that none ever moves;
    std::atomic<std::size_t> count_ = 0;  // and so many of them are taken, one after the other.
    const std::vector<http::ReportDescription> reports_;
};

}  // namespace daybook::cli
