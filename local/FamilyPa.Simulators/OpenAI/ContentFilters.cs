namespace FamilyPa.Simulators.OpenAI;

/// <summary>The content filter's verdicts that Azure adds to prompts and choices.</summary>
internal static class ContentFilters
{
    private static readonly object Safe = new { filtered = false, severity = "safe" };

    public static object Passed { get; } = new { hate = Safe, selfHarm = Safe, sexual = Safe, violence = Safe };

    public static object PassedPrompt { get; } = Prompt(isAttack: false);

    public static object Blocked { get; } = Prompt(isAttack: true);

    private static object Prompt(bool isAttack) =>
        new { hate = Safe, jailbreak = new { filtered = isAttack, detected = isAttack }, selfHarm = Safe, sexual = Safe, violence = Safe };
}
