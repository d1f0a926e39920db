// SPDX-License-Identifier: MIT
#include "system/runtime_api.hpp"

#include <curl/curl.h>
#include <dlfcn.h>
#include <memory>
#include <sys/stat.h>

namespace otherend::system {

namespace {

constexpr long patience_ms = 300;
constexpr long http_ok = 200;
constexpr std::size_t largest = 4UZ << 20; // bytes of an answer

// The functions that are used, as <curl/curl.h> declares them.
struct Curl {
    decltype(&curl_global_init) global_init = nullptr;
    decltype(&curl_easy_init) easy_init = nullptr;
    decltype(&curl_easy_setopt) easy_setopt = nullptr;
    decltype(&curl_easy_perform) easy_perform = nullptr;
    decltype(&curl_easy_getinfo) easy_getinfo = nullptr;
    decltype(&curl_easy_cleanup) easy_cleanup = nullptr;
};

template <typename Function> bool find_symbol(void* library, const char* name, Function*& function) {
    function = reinterpret_cast<Function*>(dlsym(library, name));
    return function != nullptr;
}

// libcurl.so.4 is what curl has been since 7.16 (2006); the other flavours of Debian have names of their own.
std::optional<Curl> load_curl() {
    for (const auto* name : {"libcurl.so.4", "libcurl-gnutls.so.4"}) {
        auto* const library =
            dlopen(name, RTLD_NOW | RTLD_LOCAL); // for good: OpenSSL leaves handlers for exit()
        Curl curl;
        if (library != nullptr && find_symbol(library, "curl_global_init", curl.global_init) &&
            find_symbol(library, "curl_easy_init", curl.easy_init) &&
            find_symbol(library, "curl_easy_setopt", curl.easy_setopt) &&
            find_symbol(library, "curl_easy_perform", curl.easy_perform) &&
            find_symbol(library, "curl_easy_getinfo", curl.easy_getinfo) &&
            find_symbol(library, "curl_easy_cleanup", curl.easy_cleanup) &&
            curl.global_init(CURL_GLOBAL_NOTHING) == CURLE_OK) // no TLS on a UNIX socket
            return curl;
    }
    return std::nullopt;
}

const std::optional<Curl>& loaded_curl() {
    static const auto curl = load_curl();
    return curl;
}

bool is_socket(const std::string& path) {
    struct stat status{};
    return stat(path.c_str(), &status) == 0 && S_ISSOCK(status.st_mode);
}

std::size_t append(const char* bytes, std::size_t, std::size_t count, void* answer) {
    auto& text = *static_cast<std::string*>(answer);
    if (text.size() + count > largest)
        return 0; // ends the transfer
    text.append(bytes, count);
    return count;
}

// The body of an answer of whatever status; absent if none came.
std::optional<std::string> get(const Curl& curl, const std::string& socket, const std::string& url,
                               long& status) {
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> request(curl.easy_init(), curl.easy_cleanup);
    if (!request)
        return std::nullopt;
    std::string answer;
    curl.easy_setopt(request.get(), CURLOPT_UNIX_SOCKET_PATH, socket.c_str());
    curl.easy_setopt(request.get(), CURLOPT_URL, url.c_str());
    curl.easy_setopt(request.get(), CURLOPT_PROXY, ""); // whatever the environment says
    curl.easy_setopt(request.get(), CURLOPT_NOSIGNAL, 1L);
    curl.easy_setopt(request.get(), CURLOPT_TIMEOUT_MS, patience_ms);
    curl.easy_setopt(request.get(), CURLOPT_WRITEFUNCTION, &append);
    curl.easy_setopt(request.get(), CURLOPT_WRITEDATA, &answer);
    if (curl.easy_perform(request.get()) != CURLE_OK ||
        curl.easy_getinfo(request.get(), CURLINFO_RESPONSE_CODE, &status) != CURLE_OK)
        return std::nullopt;
    return answer;
}

} // namespace

std::optional<ContainerNames> RuntimeApi::ask(const std::string& id) {
    if (is_silent_ || !is_socket(socket_) || !loaded_curl())
        return std::nullopt;
    long status = 0;
    const auto answer = get(*loaded_curl(), socket_, "http://localhost/containers/" + id + "/json", status);
    is_silent_ = !answer;
    return answer && status == http_ok ? parse_docker_container(*answer) : std::nullopt;
}

} // namespace otherend::system
