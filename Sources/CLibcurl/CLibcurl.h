// The system's libcurl, imported whole. CurlShim adds the few functions Swift cannot call because they are variadic.

#ifndef ROOMWATCH_CLIBCURL_H
#define ROOMWATCH_CLIBCURL_H

#include <curl/curl.h>

#endif
