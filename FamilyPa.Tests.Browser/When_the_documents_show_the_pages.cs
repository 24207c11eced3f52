using FamilyPa.Local;
using FamilyPa.Local.App;
using FamilyPa.Local.Phone;
using FamilyPa.Tests.Browser.Board;
using FamilyPa.Tests.Infrastructure;
using Microsoft.Playwright;

namespace FamilyPa.Tests.Browser;

/// <summary>Takes the documents' pictures from the running app, into the folder that FAMILYPA_SCREENSHOTS names or artifacts/screenshots.</summary>
public sealed class When_the_documents_show_the_pages(BoardApp app) : BoardTest(app)
{
    private const int Width = 960;
    private const int Height = 640;

    private static readonly string Folder = Path.Combine(Repository.Root, Environment.GetEnvironmentVariable("FAMILYPA_SCREENSHOTS") ?? "artifacts/screenshots");

    [Fact]
    public async Task A_conversation_becomes_tasks_on_the_board_and_a_timeline_for_operators()
    {
        await using var phone = await PhoneServer.StartAsync(App.Twilio, DemoFamily.Members, port: 0);
        var chat = await BrowserAsync(phone: true);
        await chat.GotoAsync(phone.Url);
        foreach (var text in (string[])["Take the cat to the vet next week", "Water the plants every Saturday", "Buy milk tomorrow and call grandma on Friday at 5pm"])
        {
            await chat.GetByLabel("Message", new() { Exact = true }).FillAsync(text);
            var replies = await chat.Locator(".message:not(.mine)").CountAsync();
            await Button(chat, "Send").ClickAsync();
            await SeesAsync(chat.Locator(".message:not(.mine)").Nth(replies));
        }

        await TakeAsync(chat, "phone");
        var light = await SignedInAsync(DemoFamily.Owner);
        await GoToAsync(light, "Upcoming");
        await SeesAsync(Row(light, "Buy milk"));
        await TakeAsync(light, "board-light");
        var dark = await SignedInAsync(DemoFamily.Owner, ColorScheme.Dark);
        await GoToAsync(dark, "Upcoming");
        await SeesAsync(Row(dark, "Buy milk"));
        await TakeAsync(dark, "board-dark");

        var console = await BrowserAsync();
        await console.GotoAsync($"/ops/message?sid={await App.Database.ScalarAsync<string>("select message_sid from webhook_events order by received_at desc limit 1")}");
        await console.GetByLabel("Function key").FillAsync(FamilyPaApp.FunctionKey);
        await Button(console, "Open").ClickAsync();
        await SeesAsync(console.GetByText("AppTraces |").First);
        await TakeAsync(console, "ops");
    }

    private static async Task TakeAsync(IPage page, string name)
    {
        if (page.ViewportSize?.Width > Width)
            await page.SetViewportSizeAsync(Width, Height);
        await page.ScreenshotAsync(new() { Path = Path.Combine(Folder, $"{name}.png") });
    }
}
