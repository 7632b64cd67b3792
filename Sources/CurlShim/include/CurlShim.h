// libcurl sets its options through variadic functions, which Swift does not import. Here is one function of fixed
// arity for every class of argument the transports use. The class must match the option, as libcurl documents it.

#ifndef ROOMWATCH_CURL_SHIM_H
#define ROOMWATCH_CURL_SHIM_H

#include <curl/curl.h>

CURLcode curl_shim_set_long(CURL *handle, CURLoption option, long value);
CURLcode curl_shim_set_offset(CURL *handle, CURLoption option, curl_off_t value);
/// The string is copied by libcurl; NULL restores the option's absence.
CURLcode curl_shim_set_string(CURL *handle, CURLoption option, const char *value);
/// The memory must outlive the transfer.
CURLcode curl_shim_set_pointer(CURL *handle, CURLoption option, void *value);
/// The list must outlive the transfer.
CURLcode curl_shim_set_list(CURL *handle, CURLoption option, struct curl_slist *value);
CURLcode curl_shim_set_write_callback(CURL *handle, CURLoption option, curl_write_callback callback);
CURLcode curl_shim_set_read_callback(CURL *handle, CURLoption option, curl_read_callback callback);
CURLcode curl_shim_set_prereq_callback(CURL *handle, curl_prereq_callback callback);
CURLcode curl_shim_set_debug_callback(CURL *handle, curl_debug_callback callback);
CURLcode curl_shim_set_open_socket_callback(CURL *handle, curl_opensocket_callback callback);
CURLcode curl_shim_set_close_socket_callback(CURL *handle, curl_closesocket_callback callback);

CURLcode curl_shim_get_long(CURL *handle, CURLINFO info, long *value);
CURLcode curl_shim_get_offset(CURL *handle, CURLINFO info, curl_off_t *value);

/// What was asked for with CURLOPT_CERTINFO of the first certificate; NULL without one. Belongs to the handle.
struct curl_slist *curl_shim_first_certificate(CURL *handle);

CURLMcode curl_shim_multi_set_long(CURLM *multi, CURLMoption option, long value);

/// The result of a finished transfer, taken out of the message's union.
CURLcode curl_shim_message_result(const CURLMsg *message);

#endif
