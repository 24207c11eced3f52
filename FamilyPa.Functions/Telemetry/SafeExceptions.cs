using System.Diagnostics;
using FamilyPa.Core.Diagnostics;

namespace FamilyPa.Functions.Telemetry;

/// <summary>Sanitises exceptions that libraries such as Npgsql record in a span.</summary>
internal static class SafeExceptions
{
    public static ActivityListener Listener { get; } = new()
    {
        ShouldListenTo = _ => true,
        ExceptionRecorder = (Activity _, Exception error, ref TagList tags) =>
        {
            tags.Add("exception.type", error.GetType().FullName);
            tags.Add("exception.message", Sanitizer.Message(error));
            tags.Add("exception.stacktrace", Sanitizer.Stack(error));
        },
    };
}
