using FamilyPa.Bench.Traffic;
using FamilyPa.Simulators.Faults;
using FamilyPa.Simulators.OpenAI;
using FamilyPa.Simulators.Twilio;

namespace FamilyPa.Bench.Crashes;

/// <summary>Messages that fail in every attempt, one for each phase.</summary>
internal static class FailingMessages
{
    private const string Unspeakable = "unobtainium";
    private const string Unanswerable = "kryptonite";
    private const string Unfetchable = "MMdeaddeaddeaddead";
    private const string Inaudible = "a note as long as no other one in this run, so that the transcription service can be told which one to refuse";

    public static IReadOnlyList<Draft> Drafts { get; } =
    [
        new("not understood", $"buy {Unspeakable}"),
        new("not answered", $"buy {Unanswerable}"),
        new("not fetched", "", "buy milk") { SidPrefix = Unfetchable },
        new("not heard", "", Inaudible),
    ];

    public static void Impose(TwilioSimulator twilio, AzureOpenAISimulator openAI)
    {
        openAI.Faults.Add(Fault.Status("chat", 500).OnlyFor(Unspeakable));
        openAI.Faults.Add(Fault.Status("transcription", 500).OnlyFor($"({Draft.Speak(Inaudible).Length} bytes)"));
        twilio.Faults.Add(Fault.Status("messages.create", 500).OnlyFor(Unanswerable));
        twilio.Faults.Add(Fault.Status("media", 500).OnlyFor(Unfetchable));
    }
}
