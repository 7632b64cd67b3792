// Why the DOM interface and not the faster on-demand one: on-demand does not validate what it skips, so a page cut in
// the middle would hand out its first rows before the fault is seen. A page is either whole or unused, and DOM
// decides that before the first row is read. It costs one or two milliseconds for 20,000 rooms.

#include "CSimdjson.h"

#include <new>
#include <simdjson.h>
#include <string_view>

using namespace simdjson;

namespace {

// Presence pages nest four deep. The bound keeps a hostile page from growing the parser's stacks.
constexpr size_t maximum_depth = 128;

// A page of 650 rows with every field is about 151 KB.
constexpr size_t first_capacity = 192 * 1024;

presence_text text_of(const dom::element &element) noexcept {
    std::string_view view;
    if (element.get_string().get(view) == SUCCESS) {
        return {reinterpret_cast<const uint8_t *>(view.data()), view.size(), PRESENCE_TEXT_STRING};
    }
    return {nullptr, 0, element.is_null() ? PRESENCE_TEXT_ABSENT : PRESENCE_TEXT_OTHER};
}

presence_page_status status_of(error_code error) noexcept {
    switch (error) {
    case SUCCESS: return PRESENCE_PAGE_OK;
    case MEMALLOC: return PRESENCE_PAGE_OUT_OF_MEMORY;
    case NUMBER_ERROR: return PRESENCE_PAGE_NUMBER;
    default: return PRESENCE_PAGE_MALFORMED;
    }
}

} // namespace

struct presence_parser {
    dom::parser parser;
    dom::array rows;
    dom::array::iterator next;
    dom::array::iterator end;
    bool has_rows = false;
};

presence_parser *presence_parser_create(void) {
    return new (std::nothrow) presence_parser;
}

void presence_parser_destroy(presence_parser *parser) {
    delete parser;
}

presence_page_status presence_parser_read(presence_parser *parser, const uint8_t *body, size_t length) {
    parser->has_rows = false;
    if (length == 0) return PRESENCE_PAGE_MALFORMED;
    if (parser->parser.max_depth() != maximum_depth) {
        if (error_code error = parser->parser.allocate(first_capacity, maximum_depth)) return status_of(error);
    }
    dom::element document;
    if (error_code error = parser->parser.parse(body, length, true).get(document)) return status_of(error);
    dom::object object;
    if (document.get_object().get(object) != SUCCESS) return PRESENCE_PAGE_NO_ROWS;
    bool found = false;
    for (dom::key_value_pair field : object) {
        // A repeated name counts once, the last time, as in most JSON readers.
        if (field.key == "value") found = field.value.get_array().get(parser->rows) == SUCCESS;
    }
    if (!found) return PRESENCE_PAGE_NO_ROWS;
    parser->next = parser->rows.begin();
    parser->end = parser->rows.end();
    parser->has_rows = true;
    return PRESENCE_PAGE_OK;
}

bool presence_parser_next(presence_parser *parser, presence_row *row) {
    *row = presence_row{};
    if (!parser->has_rows || !(parser->next != parser->end)) return false;
    dom::object object;
    if ((*parser->next).get_object().get(object) == SUCCESS) {
        for (dom::key_value_pair field : object) {
            switch (field.key.size()) {
            case 2:
                if (field.key == "id") row->id = text_of(field.value);
                break;
            case 8:
                if (field.key == "activity") row->activity = text_of(field.value);
                break;
            case 12:
                if (field.key == "availability") row->availability = text_of(field.value);
                break;
            case 14:
                if (field.key == "sequenceNumber") row->sequence_number = text_of(field.value);
                break;
            default: break;
            }
        }
    }
    ++parser->next;
    return true;
}
