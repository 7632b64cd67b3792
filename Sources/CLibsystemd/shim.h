// The only door to libsystemd. Everything the Systemd target calls imports as it is, so no wrapper code is needed.
#ifndef ROOMWATCH_CLIBSYSTEMD_H
#define ROOMWATCH_CLIBSYSTEMD_H

// CODE_FILE and CODE_LINE come from the Swift call site; the location macros of sd-journal.h would name this header.
#define SD_JOURNAL_SUPPRESS_LOCATION

#include <systemd/sd-daemon.h>
#include <systemd/sd-journal.h>

#endif
