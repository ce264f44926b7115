import { serve } from "../_shared/serve.ts";

// mail-list-41
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "mail-list-41", id }));
});
