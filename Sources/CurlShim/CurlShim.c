// The parentheses around each function's name step over libcurl's type-checking macros of the same name, which
// accept constants only.

#include "CurlShim.h"

CURLcode curl_shim_set_long(CURL *handle, CURLoption option, long value) {
    return (curl_easy_setopt)(handle, option, value);
}

CURLcode curl_shim_set_offset(CURL *handle, CURLoption option, curl_off_t value) {
    return (curl_easy_setopt)(handle, option, value);
}

CURLcode curl_shim_set_string(CURL *handle, CURLoption option, const char *value) {
    return (curl_easy_setopt)(handle, option, value);
}

CURLcode curl_shim_set_pointer(CURL *handle, CURLoption option, void *value) {
    return (curl_easy_setopt)(handle, option, value);
}

CURLcode curl_shim_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    return (curl_easy_setopt)(handle, option, value);
}

CURLcode curl_shim_set_write_callback(CURL *handle, CURLoption option, curl_write_callback callback) {
    return (curl_easy_setopt)(handle, option, callback);
}

CURLcode curl_shim_set_read_callback(CURL *handle, CURLoption option, curl_read_callback callback) {
    return (curl_easy_setopt)(handle, option, callback);
}

CURLcode curl_shim_set_prereq_callback(CURL *handle, curl_prereq_callback callback) {
    return (curl_easy_setopt)(handle, CURLOPT_PREREQFUNCTION, callback);
}

CURLcode curl_shim_set_debug_callback(CURL *handle, curl_debug_callback callback) {
    return (curl_easy_setopt)(handle, CURLOPT_DEBUGFUNCTION, callback);
}

CURLcode curl_shim_set_open_socket_callback(CURL *handle, curl_opensocket_callback callback) {
    return (curl_easy_setopt)(handle, CURLOPT_OPENSOCKETFUNCTION, callback);
}

CURLcode curl_shim_set_close_socket_callback(CURL *handle, curl_closesocket_callback callback) {
    return (curl_easy_setopt)(handle, CURLOPT_CLOSESOCKETFUNCTION, callback);
}

CURLcode curl_shim_get_long(CURL *handle, CURLINFO info, long *value) {
    return (curl_easy_getinfo)(handle, info, value);
}

CURLcode curl_shim_get_offset(CURL *handle, CURLINFO info, curl_off_t *value) {
    return (curl_easy_getinfo)(handle, info, value);
}

struct curl_slist *curl_shim_first_certificate(CURL *handle) {
    struct curl_certinfo *chain = NULL;
    if ((curl_easy_getinfo)(handle, CURLINFO_CERTINFO, &chain) != CURLE_OK || chain == NULL) return NULL;
    return chain->num_of_certs > 0 ? chain->certinfo[0] : NULL;
}

CURLMcode curl_shim_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return (curl_multi_setopt)(multi, option, value);
}

CURLcode curl_shim_message_result(const CURLMsg *message) {
    return message->data.result;
}
