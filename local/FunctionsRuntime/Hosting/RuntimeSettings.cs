using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace FunctionsRuntime.Hosting;

/// <summary>What only the local host knows, from the environment.</summary>
internal sealed record RuntimeSettings
{
    private static readonly TimeSpan ShortHide = TimeSpan.FromSeconds(30);

    public RuntimeSettings(IConfiguration configuration)
    {
        Url = configuration["FUNCTIONS_RUNTIME_URL"] ?? "http://127.0.0.1:7071";
        FunctionKey = configuration["FUNCTIONS_RUNTIME_KEY"];
        StateDirectory = configuration["FUNCTIONS_RUNTIME_STATE"];
        InFlightHide = Read(configuration, "FUNCTIONS_RUNTIME_INFLIGHT_HIDE", TimeSpan.FromMinutes(10));
        // A debugger stops the renewal as well: hide for the full time then.
        FirstHide = Debugger.IsAttached || InFlightHide < ShortHide ? InFlightHide : ShortHide;
        Grace = Read(configuration, "FUNCTIONS_RUNTIME_GRACE", TimeSpan.FromSeconds(25));
    }

    public string Url { get; }

    /// <summary>Accepted by every function that asks for a key. Without one those answer 401.</summary>
    public string? FunctionKey { get; }

    /// <summary>Where the journal of messages in flight is kept; without it a killed host's messages come back later.</summary>
    public string? StateDirectory { get; }

    /// <summary>How long a message in flight stays hidden, renewed half-way; the platform's is ten minutes.</summary>
    public TimeSpan InFlightHide { get; }

    /// <summary>
    /// How long it is hidden at first. On the platform the host outlives a killed worker and gives the message back; here both die
    /// together, and a message whose receipt never reached the journal must not be gone for ten minutes.
    /// </summary>
    public TimeSpan FirstHide { get; }

    /// <summary>How long functions in flight may take to end once the host was told to stop.</summary>
    public TimeSpan Grace { get; }

    private static TimeSpan Read(IConfiguration configuration, string name, TimeSpan fallback) =>
        configuration[name] is { Length: > 0 } value ? TimeSpan.Parse(value, CultureInfo.InvariantCulture) : fallback;
}
