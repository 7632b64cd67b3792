// A C face on simdjson for the one document that is read 31 times every five seconds: the page of presences. It knows
// the four fields of a row and nothing about what they mean. No C++ type and no exception crosses this boundary.
#ifndef ROOMWATCH_CSIMDJSON_H
#define ROOMWATCH_CSIMDJSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Why a page was refused. Everything but `PRESENCE_PAGE_OK` means that no row may be used.
typedef enum presence_page_status {
    PRESENCE_PAGE_OK = 0,
    /// Not a JSON document, not UTF-8, cut short, followed by something else, or nested too deeply.
    PRESENCE_PAGE_MALFORMED = 1,
    /// A number that is malformed or does not fit 64 bits; which of the two, simdjson does not say.
    PRESENCE_PAGE_NUMBER = 2,
    /// A JSON document without an object around an array `value`.
    PRESENCE_PAGE_NO_ROWS = 3,
    PRESENCE_PAGE_OUT_OF_MEMORY = 4,
} presence_page_status;

typedef enum presence_text_kind {
    /// The field is absent or null.
    PRESENCE_TEXT_ABSENT = 0,
    PRESENCE_TEXT_STRING = 1,
    /// The field holds something that is no string.
    PRESENCE_TEXT_OTHER = 2,
} presence_text_kind;

/// A field of a row, unescaped UTF-8. `bytes` belongs to the parser and may contain NUL.
typedef struct presence_text {
    const uint8_t *bytes;
    size_t length;
    presence_text_kind kind;
} presence_text;

typedef struct presence_row {
    presence_text id;
    presence_text availability;
    presence_text activity;
    presence_text sequence_number;
} presence_row;

typedef struct presence_parser presence_parser;

/// A parser with reusable buffers; NULL when there is no memory. One thread at a time may use it.
presence_parser *presence_parser_create(void);
void presence_parser_destroy(presence_parser *parser);

/// Validates the whole document and stands before its first row. The bytes are copied into padded memory.
presence_page_status presence_parser_read(presence_parser *parser, const uint8_t *body, size_t length);

/// The next row, or false after the last one. Texts stay valid until the next read. An element of `value` that is no
/// object gives a row whose fields are all absent.
bool presence_parser_next(presence_parser *parser, presence_row *row);

#ifdef __cplusplus
}
#endif

#endif
