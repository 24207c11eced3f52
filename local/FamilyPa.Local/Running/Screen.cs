using FamilyPa.Local.App;
using Spectre.Console;

namespace FamilyPa.Local.Running;

/// <summary>The final screen: addresses, and how to send a message.</summary>
internal static class Screen
{
    public static void Show(IAnsiConsole console, LocalRun run, TimeSpan elapsed)
    {
        var file = run.File;
        console.WriteLine();
        console.MarkupLine($"[bold green]Family PA is running[/] at [link]{file.BaseUrl}[/], after {elapsed.TotalSeconds:0.0} s. Ctrl+C stops all of it.");
        console.WriteLine();
        Row("Phone", file.Phone is null ? "use your own Twilio account" : $"{file.Phone}   write or speak as {DemoFamily.Owner.Name} or {DemoFamily.Second.Name}, read the replies");
        Row("Board", $"{file.BaseUrl}/board   sign in as {DemoFamily.Owner.Name} ({DemoFamily.Owner.Phone}) or {DemoFamily.Second.Name} ({DemoFamily.Second.Phone}); the code arrives on the phone");
        Row("Timeline", "dotnet run --project tools/FamilyPa.Cli -- inspect <MessageSid>");
        console.WriteLine();
        Row("Database", file.Postgres);
        Row("Storage", run.Outside.Storage is null ? "Azurite, connection string in local/.state/run.json" : "yours (AzureWebJobsStorage)");
        Row("Twilio", run.Simulators.Twilio is null ? $"yours ({file.Twilio.ApiBaseUrl}); its webhook: {file.Twilio.WebhookUrl}" : $"simulated at {file.Twilio.ApiBaseUrl}");
        Row("Azure OpenAI", run.Simulators.OpenAI is null ? $"yours ({file.Openai.Endpoint})" : $"simulated at {file.Openai.Endpoint} (no key needed; AZURE_OPENAI_ENDPOINT plugs in the real one)");
        Row("App log", $"{file.AppLog}   process {file.AppPid}, restarted if it ends");
        if (run.Simulators.Twilio is not null)
        {
            console.WriteLine();
            console.WriteLine("From a script:");
            var json = $$"""{"from":"whatsapp:{{DemoFamily.Owner.Phone}}","body":"buy milk tomorrow"}""";
            console.WriteLine($"  curl -s {file.Twilio.ApiBaseUrl}/simulator/inbound -H 'Content-Type: application/json' -d '{json}'");
        }

        console.WriteLine();

        void Row(string name, string text) => console.MarkupLine($"[bold]{name,-13}[/]{Markup.Escape(text)}");
    }
}
