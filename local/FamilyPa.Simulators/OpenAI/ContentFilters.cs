namespace FamilyPa.Simulators.OpenAI;

/// <summary>The content filter's verdicts that Azure adds to prompts and choices.</summary>
internal static class ContentFilters
{
    public static object Passed { get; } = new
    {
        hate = Safe(),
        selfHarm = Safe(),
        sexual = Safe(),
        violence = Safe(),
    };

    public static object PassedPrompt { get; } = new
    {
        hate = Safe(),
        jailbreak = new { filtered = false, detected = false },
        selfHarm = Safe(),
        sexual = Safe(),
        violence = Safe(),
    };

    public static object Blocked { get; } = new
    {
        hate = Safe(),
        jailbreak = new { filtered = true, detected = true },
        selfHarm = Safe(),
        sexual = Safe(),
        violence = Safe(),
    };

    private static object Safe() => new { filtered = false, severity = "safe" };
}
