#include "dnsd/metrics/http_server.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <exception>
#include <list>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <sys/socket.h>

#include "dnsd/util/exception_text.h"

namespace dnsd::metrics {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using zonestore::FileDescriptor;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostConnections = 8;
constexpr std::chrono::seconds kForRequest{5};
constexpr std::uint32_t kMostHeaderBytes = 8192;
constexpr std::chrono::seconds kBetweenBinds{15};
constexpr std::chrono::milliseconds kForMemory{100};  // before what found none, or no descriptor, is tried again
constexpr int kBacklog = 64;

bool is_loopback(const zonestore::SocketAddress& address) {
  const auto bytes = address.bytes();
  return address.is_ipv6()
             ? bytes.back() == 1 && std::ranges::all_of(bytes.first(15), [](std::uint8_t byte) { return byte == 0; })
             : bytes[0] == 127;
}

tl::unexpected<std::string> failure(const zonestore::SocketAddress& address) {
  return util::fail("cannot listen on " + address.to_text() +
                    " for metrics: " + std::generic_category().message(errno));
}

using Request = http::request<http::empty_body>;
using Response = http::response<http::string_body>;

Response answer_to(const Request& request, const Pages& pages) {
  Response response(http::status::ok, request.version());
  response.keep_alive(request.keep_alive());
  response.set(http::field::content_type, "text/plain; charset=utf-8");
  const std::string target(request.target().substr(0, request.target().find('?')));
  if (request.method() != http::verb::get && request.method() != http::verb::head) {
    response.result(http::status::method_not_allowed);
    response.set(http::field::allow, "GET, HEAD");
    response.body() = "only GET\n";
  } else if (target == "/metrics") {
    response.set(http::field::content_type, "text/plain; version=0.0.4; charset=utf-8");
    response.body() = pages.metrics();
  } else if (target == "/health") {
    Health health = pages.health();
    response.result(health.is_good ? http::status::ok : http::status::service_unavailable);
    response.body() = std::move(health.text);
  } else {
    response.result(http::status::not_found);
    response.body() = "there are /metrics and /health\n";
  }
  response.prepare_payload();
  if (request.method() == http::verb::head) {
    response.body().clear();  // its length stays said (RFC 9110 section 9.3.2)
  }
  return response;
}

}  // namespace

util::Result<FileDescriptor> bind_http(const zonestore::SocketAddress& address) {
  FileDescriptor socket(::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int yes = 1;
  if (!socket.is_open() || ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
      (address.is_ipv6() && ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes) != 0) ||
      ::bind(socket.get(), address.data(), address.size()) != 0 || ::listen(socket.get(), kBacklog) != 0) {
    return failure(address);
  }
  return socket;
}

struct HttpServer::Loop {
  struct Connection {
    explicit Connection(tcp::socket socket) : stream(std::move(socket)), silent_since(Clock::now()) {}

    beast::tcp_stream stream;
    beast::flat_buffer buffer{kMostHeaderBytes};
    std::optional<http::request_parser<http::empty_body>> parser;
    std::optional<Response> response;
    Clock::time_point silent_since;
  };
  using Held = std::shared_ptr<Connection>;

  Loop(const zonestore::SocketAddress& its_address, Pages its_pages, const util::Log& its_log)
      : address(its_address), pages(std::move(its_pages)), log(its_log) {}

  void run();
  void listen(util::Result<FileDescriptor> bound);
  void accept();
  void retry_in(std::chrono::milliseconds pause);
  void welcome(tcp::socket socket);
  void read(const Held& connection);
  void answer(const Held& connection);
  void close(const Held& connection);

  zonestore::SocketAddress address;
  Pages pages;
  const util::Log& log;
  asio::io_context context{1};
  tcp::acceptor acceptor{context};
  asio::steady_timer timer{context};
  std::list<Held> connections;
  std::atomic<bool> listening{false};
  bool said_taken = false;
  bool accepting = false;
  std::thread thread;
};

void HttpServer::Loop::run() {
  const auto work = asio::make_work_guard(context);
  while (true) {
    try {
      if (listening && !accepting) {
        accept();
      }
      context.run();
      return;
    } catch (const std::exception& exception) {
      log.error("metrics_interrupted", {{"message", util::text_of(exception)}, {"hint", "it goes on"}});
    }
    if (!listening) {  // what threw was the try to listen, and nothing else waits to try again
      retry_in(kBetweenBinds);
    }
    std::this_thread::sleep_for(kForMemory);
  }
}

void HttpServer::Loop::listen(util::Result<FileDescriptor> bound) {
  if (!bound) {
    if (!std::exchange(said_taken, true)) {
      log.error("metrics_not_listening",
                {{"message", bound.error()}, {"hint", "tried again every 15 s; queries are answered all the same"}});
    }
    retry_in(kBetweenBinds);
    return;
  }
  acceptor.assign(address.is_ipv6() ? tcp::v6() : tcp::v4(), bound->get());
  (void)bound->release();
  listening = true;
  const auto real = acceptor.local_endpoint();
  const std::string host = real.address().to_string();
  const std::string shown = (address.is_ipv6() ? "[" + host + "]" : host) + ":" + std::to_string(real.port());
  log.info("metrics_listening", {{"address", shown}});
  if (!is_loopback(address)) {
    log.warning(
        "metrics_not_loopback",
        {{"address", shown}, {"hint", "whoever reaches it reads how much is asked here, and of which zones"}});
  }
}

void HttpServer::Loop::retry_in(std::chrono::milliseconds pause) {
  timer.expires_after(pause);
  timer.async_wait([this](const boost::system::error_code& error) {
    if (error) {
      return;
    }
    if (!listening) {
      listen(bind_http(address));
    }
    if (listening && !accepting) {
      accept();
    }
  });
}

void HttpServer::Loop::accept() {
  acceptor.async_accept([this](const boost::system::error_code& error, tcp::socket socket) {
    accepting = false;
    if (error == asio::error::operation_aborted) {
      return;
    }
    if (error) {  // no descriptor, most likely: not at once again
      retry_in(kForMemory);
      return;
    }
    welcome(std::move(socket));
    accept();
  });
  accepting = true;
}

void HttpServer::Loop::welcome(tcp::socket socket) {
  if (connections.size() >= kMostConnections) {
    close(*std::ranges::min_element(connections, {}, [](const Held& each) { return each->silent_since; }));
  }
  read(connections.emplace_back(std::make_shared<Connection>(std::move(socket))));
}

void HttpServer::Loop::read(const Held& connection) {
  connection->parser.emplace();
  connection->parser->header_limit(kMostHeaderBytes);
  connection->parser->body_limit(0);
  connection->stream.expires_after(kForRequest);
  http::async_read(connection->stream, connection->buffer, *connection->parser,
                   [this, connection](const boost::system::error_code& error, std::size_t /*bytes*/) {
                     if (error) {
                       close(connection);
                     } else {
                       answer(connection);
                     }
                   });
}

void HttpServer::Loop::answer(const Held& connection) {
  connection->silent_since = Clock::now();
  try {
    connection->response.emplace(answer_to(connection->parser->get(), pages));
  } catch (const std::exception& exception) {  // no memory for the page: this one goes without
    log.error("metrics_interrupted", {{"message", util::text_of(exception)}, {"hint", "it goes on"}});
    close(connection);
    return;
  }
  connection->stream.expires_after(kForRequest);
  http::async_write(connection->stream, *connection->response,
                    [this, connection](const boost::system::error_code& error, std::size_t /*bytes*/) {
                      if (error || !connection->response->keep_alive()) {
                        close(connection);
                      } else {
                        read(connection);
                      }
                    });
}

void HttpServer::Loop::close(const Held& connection) {
  const Held held = connection;  // NOLINT(*-unnecessary-copy-initialization): beyond the list's
  connections.remove(held);
  boost::system::error_code ignored;
  held->stream.socket().shutdown(tcp::socket::shutdown_both, ignored);
  held->stream.close();
}

HttpServer::HttpServer(const zonestore::SocketAddress& address, util::Result<FileDescriptor> first, Pages pages,
                       const util::Log& log)
    : loop_(std::make_unique<Loop>(address, std::move(pages), log)) {
  loop_->listen(std::move(first));
}

HttpServer::~HttpServer() {
  if (loop_->thread.joinable()) {
    loop_->context.stop();
    loop_->thread.join();
  }
}

void HttpServer::start(util::OnFailure on_failure) {
  loop_->thread = util::start_thread(
      "metrics", [loop = loop_.get()] { loop->run(); }, std::move(on_failure));
}

bool HttpServer::is_listening() const {
  return loop_->listening;
}

}  // namespace dnsd::metrics
