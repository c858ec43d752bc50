import type { Page } from "playwright-core";

export interface NewMember {
  readonly email: string;
  readonly name: string;
  readonly password: string;
}

/** An administrator invites somebody to Master of the first space, as a viewer; she follows the link, and has joined. */
export async function joinAsViewer(administrator: Page, hers: Page, member: NewMember): Promise<void> {
  await administrator.getByRole("link", { name: "Admin" }).first().click();
  const space = administrator.getByRole("region", { name: "First Space", exact: true });
  await space.getByRole("link", { name: "Master" }).click();
  await administrator.getByLabel("E-mail").fill(member.email);
  await administrator.locator("form").getByRole("combobox").selectOption("instance viewer");
  await administrator.getByRole("button", { name: "Invite" }).click();
  await hers.goto(await administrator.getByLabel("Invitation link").inputValue());
  await hers.getByLabel("Your name").fill(member.name);
  await hers.getByLabel("New password").fill(member.password);
  await hers.getByRole("button", { name: "Join" }).click();
  await hers.getByRole("heading", { level: 1, name: "Applications" }).waitFor();
}
