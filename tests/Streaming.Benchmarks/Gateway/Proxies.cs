namespace Streaming.Benchmarks.Gateway;

/// <summary>The settings under which nginx and HAProxy forward fastest: connections to the endpoint are kept, nothing is logged.</summary>
internal static class Proxies
{
    public static string Nginx(string folder, Uri listen, Uri endpoint) => $$"""
        daemon off;
        worker_processes auto;
        pid {{folder}}/nginx.pid;
        error_log {{folder}}/nginx-error.log;
        events { worker_connections 4096; }
        http {
          access_log off;
          keepalive_requests 1000000;
          client_body_temp_path {{folder}}/nginx-body;
          proxy_temp_path {{folder}}/nginx-proxy;
          fastcgi_temp_path {{folder}}/nginx-fastcgi;
          uwsgi_temp_path {{folder}}/nginx-uwsgi;
          scgi_temp_path {{folder}}/nginx-scgi;
          upstream endpoint { server {{endpoint.Authority}}; keepalive 128; keepalive_requests 1000000; }
          server {
            listen {{listen.Authority}};
            location / { proxy_pass http://endpoint; proxy_http_version 1.1; proxy_set_header Connection ""; }
          }
        }
        """;

    public static string HaProxy(Uri listen, Uri endpoint) => $$"""
        global
          maxconn 4096
        defaults
          mode http
          timeout connect 5s
          timeout client 30s
          timeout server 30s
          http-reuse always
        frontend front
          bind {{listen.Authority}}
          default_backend endpoint
        backend endpoint
          server bare {{endpoint.Authority}}

        """;
}
