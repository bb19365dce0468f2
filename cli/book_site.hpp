// The books of one server, and what is said of all of them.
#pragma once

#include <memory>
#include <vector>

#include "connectors/http/books.hpp"

namespace daybook::cli {

// Books are added before the server listens.
class BookSite final : public http::Site {
 public:
    BookSite();
    // `conflict` for a second book of the same name.
    [[nodiscard]] Result<void> add(std::unique_ptr<http::ServedBook> book);

    [[nodiscard]] std::span<const std::unique_ptr<http::ServedBook>> books() const override {
        return books_;
    }
    [[nodiscard]] std::span<const http::ReportDescription> reports() const override {
        return reports_;
    }
    [[nodiscard]] Result<void> ready() const override;
    void append_metrics(http::MetricsText& text) const override;

 private:
    std::vector<std::unique_ptr<http::ServedBook>> books_;
    const std::vector<http::ReportDescription> reports_;
};

}  // namespace daybook::cli
