namespace FamilyPa.Core.Queues;

/// <summary>The phases of the pipeline. Each has a queue of the same name in lower case.</summary>
public enum Phase
{
    Download,
    Transcribe,
    Extract,
    Finalize,
}

public static class Phases
{
    /// <summary>The name of the phase in queues, tables and logs.</summary>
    public static string Name(this Phase phase) => phase switch
    {
        Phase.Download => "download",
        Phase.Transcribe => "transcribe",
        Phase.Extract => "extract",
        Phase.Finalize => "finalize",
        _ => throw new ArgumentOutOfRangeException(nameof(phase), phase, null),
    };

    /// <summary>The job's status while the phase runs.</summary>
    public static string Status(this Phase phase) => phase switch
    {
        Phase.Download => "downloading",
        Phase.Transcribe => "transcribing",
        Phase.Extract => "extracting",
        Phase.Finalize => "finalizing",
        _ => throw new ArgumentOutOfRangeException(nameof(phase), phase, null),
    };

    public static bool TryParse(string? name, out Phase phase)
    {
        foreach (var candidate in Enum.GetValues<Phase>())
        {
            if (candidate.Name() == name)
            {
                phase = candidate;
                return true;
            }
        }

        phase = default;
        return false;
    }

    /// <exception cref="ArgumentException">No phase has that name.</exception>
    public static Phase Parse(string name) =>
        TryParse(name, out var phase) ? phase : throw new ArgumentException($"No phase is named '{name}'.", nameof(name));
}
