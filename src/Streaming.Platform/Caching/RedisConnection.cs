using StackExchange.Redis;

namespace Streaming.Platform.Caching;

/// <summary>Settings that name a Redis.</summary>
public static class RedisConnection
{
    /// <summary>The same text, if it names a server as StackExchange.Redis writes it.</summary>
    /// <param name="connection">The setting's value. What is wrong in it may be next to a password, so it is not repeated.</param>
    /// <param name="key">The setting's key, for the message.</param>
    /// <exception cref="InvalidOperationException">It does not.</exception>
    public static string Checked(string connection, string key)
    {
        try
        {
            if (ConfigurationOptions.Parse(connection).EndPoints.Count > 0) return connection;
        }
        catch (Exception failure) when (failure is ArgumentException or FormatException)
        {
            throw new InvalidOperationException($"{key} is no StackExchange.Redis connection: a setting of it is not known or not right.");
        }

        throw new InvalidOperationException($"{key} names no server.");
    }
}
