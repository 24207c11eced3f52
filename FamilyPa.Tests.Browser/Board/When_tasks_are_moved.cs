using FamilyPa.Local.App;
using Microsoft.Playwright;

namespace FamilyPa.Tests.Browser.Board;

public sealed class When_tasks_are_moved(BoardApp app) : BoardTest(app)
{
    [Fact]
    public async Task A_task_is_dragged_to_another_day_and_back_by_undo()
    {
        var id = await AddAsync("Sort the photos");
        await AddAsync("Buy milk", due: "now");
        var page = await SignedInAsync(DemoFamily.Owner);
        await GoToAsync(page, "Plan");
        await DragAsync(page, "Sort the photos", "Tomorrow");
        await SeesAsync(Group(page, "Tomorrow").GetByText("Sort the photos"));
        await SeesNoneAsync(page.GetByRole(AriaRole.Dialog));
        await WaitAsync(id, "due_all_day and (due_at at time zone 'Europe/London')::date = (now() at time zone 'Europe/London')::date + 1");

        await Button(page, "Undo").ClickAsync();
        await SeesAsync(Group(page, "No date").GetByText("Sort the photos"));
        await WaitAsync(id, "due_at is null");
    }

    [Fact]
    public async Task What_is_dropped_nowhere_or_given_up_stays()
    {
        var id = await AddAsync("Sort the photos");
        var page = await SignedInAsync(DemoFamily.Owner);
        await GoToAsync(page, "Plan");
        await LiftAsync(page, "Sort the photos");
        await page.Mouse.MoveAsync(5, 5);
        await page.Mouse.UpAsync();
        await LiftAsync(page, "Sort the photos");
        await HoverAsync(page, "Today");
        await page.Keyboard.PressAsync("Escape");
        await page.Mouse.UpAsync();

        await SeesAsync(Group(page, "No date").GetByText("Sort the photos"));
        Assert.Equal(1, await App.Database.ScalarAsync<int>("select version from tasks where id = $1", id));
    }

    [Fact]
    public async Task A_timed_task_keeps_its_time_under_a_finger_that_holds_it()
    {
        var id = await AddAsync("Dentist", due: "yesterday 16:30", allDay: false);
        var page = await SignedInAsync(DemoFamily.Owner, phone: true);
        await GoToAsync(page, "Plan");
        await SeesAsync(Row(page, "Dentist"));
        await page.EvaluateAsync(
            """
            async () => {
              const at = element => { const { x, y } = element.getBoundingClientRect(); return { clientX: x + 90, clientY: y + 30 }; };
              const row = document.querySelector('#view .task');
              const today = [...document.querySelectorAll('.group')].find(group => group.querySelector('h2').textContent === 'Today');
              const point = (type, element) => (type === 'pointerdown' ? row.querySelector('.open') : window)
                .dispatchEvent(new PointerEvent(type, { ...at(element), bubbles: true, isPrimary: true, pointerType: 'touch', button: 0 }));
              point('pointerdown', row);
              await new Promise(resolve => setTimeout(resolve, 500));
              point('pointermove', today);
              point('pointerup', today);
            }
            """);

        await SeesAsync(Group(page, "Today").GetByText("Dentist"));
        await WaitAsync(id, "(due_at at time zone 'UTC')::time = '16:30' and due_at::date = (now() at time zone 'Europe/London')::date");
    }

    [Fact]
    public async Task The_keyboard_moves_a_task_day_by_day_and_says_so()
    {
        var id = await AddAsync("Sort the photos");
        var page = await SignedInAsync(DemoFamily.Owner);
        await GoToAsync(page, "Plan");
        await SeesAsync(Row(page, "Sort the photos"));
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("Alt+ArrowDown");
        await SeesAsync(page.GetByRole(AriaRole.Status).GetByText("Moved to Today: Sort the photos"));
        await page.Keyboard.PressAsync("Alt+ArrowDown");
        await SeesAsync(Staying(page, "Tomorrow").GetByText("Sort the photos"));
        await Assertions.Expect(Row(page, "Sort the photos").Locator("[data-part=open]")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Alt+ArrowUp");
        await page.Keyboard.PressAsync("Alt+ArrowUp");
        await SeesAsync(page.GetByRole(AriaRole.Status).GetByText("It stays where it is: Sort the photos"));
        await WaitAsync(id, "(due_at at time zone 'Europe/London')::date = (now() at time zone 'Europe/London')::date");

        await page.Keyboard.PressAsync("Control+z");
        await SeesAsync(Staying(page, "Tomorrow").GetByText("Sort the photos"));
    }

    [Fact]
    public async Task Single_keys_do_what_the_help_says_unless_a_field_has_the_focus()
    {
        await AddAsync("Buy milk", due: "now");
        await AddAsync("Buy stamps", due: "now");
        var page = await SignedInAsync(DemoFamily.Owner);
        await SeesAsync(Row(page, "Buy stamps"));
        await page.Keyboard.PressAsync("?");
        await SeesAsync(page.GetByRole(AriaRole.Dialog, new() { Name = "Keyboard shortcuts" }));
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("k");
        await page.Keyboard.PressAsync("e");
        await SeesAsync(page.GetByRole(AriaRole.Dialog, new() { Name = "Task" }));
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("s");
        await SeesAsync(page.GetByRole(AriaRole.Dialog, new() { Name = "When?" }));
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("x");
        await Assertions.Expect(page.Locator(".task:not(.leaving)")).ToHaveCountAsync(1);

        await page.Keyboard.PressAsync("n");
        await page.Keyboard.TypeAsync("?xe Fix the bike");
        await page.Keyboard.PressAsync("Enter");
        await SeesAsync(Row(page, "?xe Fix the bike"));
        await page.Keyboard.PressAsync("Escape");

        await page.Keyboard.PressAsync("?");
        await page.GetByLabel("Single keys do something").UncheckAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("x");
        await page.Keyboard.PressAsync("?");
        await SeesNoneAsync(page.GetByRole(AriaRole.Dialog));
        await Assertions.Expect(page.Locator(".task:not(.leaving)")).ToHaveCountAsync(2);
    }

    /// <summary>The group's tasks without those that are just leaving it.</summary>
    private static ILocator Staying(IPage page, string group) => Group(page, group).Locator(".task:not(.leaving)");

    private Task<bool> WaitAsync(Guid id, string condition) =>
        App.WaitForAsync(() => App.Database.ScalarAsync<bool>($"select {condition} from tasks where id = $1", id), met => met, condition);
}
