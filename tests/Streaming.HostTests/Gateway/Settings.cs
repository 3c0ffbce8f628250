using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Host.Gateway;

namespace Streaming.HostTests.Gateway;

internal static class Settings
{
    public static GatewaySettings Of(params (string Key, string Value)[] settings) => new(
        new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(s => s.Key, s => (string?)s.Value)).Build(), NullLogger<GatewaySettings>.Instance);
}
